namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Chunk types that mean something here, W3C PNG third edition section 11, as big-endian numbers.</summary>
internal static class PngType
{
    internal const uint Header = 0x49484452, Palette = 0x504C5445, Data = 0x49444154, End = 0x49454E44, // IHDR PLTE IDAT IEND
        Transparency = 0x74524E53, Gamma = 0x67414D41, Chromaticities = 0x6348524D, StandardRgb = 0x73524742, // tRNS gAMA cHRM sRGB
        Profile = 0x69434350, CodePoints = 0x63494350, Exif = 0x65584966, // iCCP cICP eXIf
        Text = 0x74455874, PackedText = 0x7A545874, WideText = 0x69545874, Time = 0x74494D45, // tEXt zTXt iTXt tIME
        Animation = 0x6163544C, FrameControl = 0x6663544C, FrameData = 0x66644154, // acTL fcTL fdAT
        Background = 0x624B4744, Size = 0x70485973, Histogram = 0x68495354, SignificantBits = 0x73424954, // bKGD pHYs hIST sBIT
        SuggestedPalette = 0x73504C54; // sPLT

    /// <summary>Lower-case first letter: a decoder may pass over what it does not know (section 5.4).</summary>
    internal static bool IsAncillary(uint type) => (type & 0x20000000) != 0;
}
