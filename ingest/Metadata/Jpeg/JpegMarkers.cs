namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Marker codes, ITU-T T.81 table B.1, and the signs of application segments.</summary>
internal static class JpegMarkers
{
    internal const byte Sof0 = 0xC0, Sof1 = 0xC1, Sof2 = 0xC2, Dht = 0xC4, Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, Dqt = 0xDB, Dnl = 0xDC,
        Dri = 0xDD, App0 = 0xE0, App1 = 0xE1, App2 = 0xE2, App13 = 0xED, App14 = 0xEE, App15 = 0xEF, Com = 0xFE;

    internal static ReadOnlySpan<byte> Jfif => "JFIF\0"u8;
    internal static ReadOnlySpan<byte> Jfxx => "JFXX\0"u8;
    internal static ReadOnlySpan<byte> Exif => "Exif\0"u8;
    internal static ReadOnlySpan<byte> Xmp => "http://ns.adobe.com/xap/1.0/\0"u8;
    internal static ReadOnlySpan<byte> XmpMore => "http://ns.adobe.com/xmp/extension/\0"u8;
    internal static ReadOnlySpan<byte> Icc => "ICC_PROFILE\0"u8;
    internal static ReadOnlySpan<byte> Adobe => "Adobe"u8;

    /// <summary>Bytes of a profile that fit into one APP2 segment, ICC.1:2022 annex B.4.</summary>
    internal const int IccPerSegment = 65_535 - 2 - 14;
}
