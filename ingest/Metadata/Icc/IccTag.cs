namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>The tags whose numbers decide colours, ICC.1:2022 section 9.2. Every other tag is left out of a rewritten profile.</summary>
internal static class IccTag
{
    internal const uint Description = 0x64657363, Copyright = 0x63707274; // desc, cprt: required, so they get constants

    internal enum Form
    {
        None,
        Point,
        Adaptation,
        Curve,
        ToConnection,
        FromConnection,
        CodePoints,
    }

    internal static Form FormOf(uint signature) => signature switch
    {
        0x7258595A or 0x6758595A or 0x6258595A or 0x77747074 => Form.Point, // rXYZ gXYZ bXYZ wtpt
        0x63686164 => Form.Adaptation, // chad
        0x72545243 or 0x67545243 or 0x62545243 or 0x6B545243 => Form.Curve, // rTRC gTRC bTRC kTRC
        0x41324230 or 0x41324231 or 0x41324232 => Form.ToConnection, // A2B0 A2B1 A2B2
        0x42324130 or 0x42324131 or 0x42324132 => Form.FromConnection, // B2A0 B2A1 B2A2
        0x63696370 => Form.CodePoints, // cicp
        _ => Form.None,
    };

    /// <summary>Bit of a tag in the set that <see cref="IsEnough"/> looks at.</summary>
    internal static int BitOf(uint signature) => signature switch
    {
        0x7258595A => 1,
        0x6758595A => 2,
        0x6258595A => 4,
        0x72545243 => 8,
        0x67545243 => 16,
        0x62545243 => 32,
        0x6B545243 => 64,
        0x41324230 => 128,
        _ => 0,
    };

    /// <summary>Whether these tags suffice to show a picture of these colours, ICC.1:2022 sections 8.3 to 8.5.</summary>
    internal static bool IsEnough(int bits, IccColours colours) => colours switch
    {
        IccColours.Rgb => (bits & 63) == 63 || (bits & 128) != 0,
        IccColours.Grey => (bits & 64) != 0 || (bits & 128) != 0,
        _ => (bits & 128) != 0,
    };
}
