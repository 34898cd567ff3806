namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>Chunks of a WebP file that mean something here, RFC 9649 section 2, as big-endian numbers, and the flags of VP8X.</summary>
internal static class WebpType
{
    internal const uint Riff = 0x52494646, Webp = 0x57454250, Extended = 0x56503858, // RIFF WEBP VP8X
        Lossy = 0x56503820, Lossless = 0x5650384C, Alpha = 0x414C5048, // "VP8 " VP8L ALPH
        Profile = 0x49434350, Exif = 0x45584946, Xmp = 0x584D5020, // ICCP EXIF "XMP "
        Animation = 0x414E494D, Frame = 0x414E4D46; // ANIM ANMF

    internal const byte HasProfile = 0x20, HasAlpha = 0x10, HasExif = 0x08, HasFrames = 0x02;
}
