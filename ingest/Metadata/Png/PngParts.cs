using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>One walk over the file: what stays, where the picture data lies, and what is removed.</summary>
internal sealed class PngParts
{
    internal PngHeader Header { get; private set; }

    /// <summary>1 to 8; 1 where the file says nothing.</summary>
    internal int Orientation { get; private set; } = 1;

    /// <summary>The kept chunks but IDAT, as data ranges of the file; empty where absent.</summary>
    internal Range Palette, Transparency, Gamma, Chromaticities, StandardRgb, CodePoints;

    /// <summary>Rewritten and packed iCCP data.</summary>
    internal byte[]? Profile { get; private set; }
    internal bool ProfileDropped { get; private set; }

    /// <summary>All IDAT chunks, heads included.</summary>
    internal Range DataChunks { get; private set; }

    /// <summary>Bytes in all IDAT chunks.</summary>
    internal int DataLength { get; private set; }
    internal RemovedList Removed { get; } = new();

    private bool exifSeen, profileSeen;
    private int textsSeen;

    internal static PngParts Read(ReadOnlySpan<byte> file)
    {
        var parts = new PngParts();
        var chunks = new PngChunks(file, 8);
        chunks.Next();
        if (chunks.Type != PngType.Header) throw PictureRefused.Malformed("it does not begin with its header");
        parts.Header = PngHeader.Read(chunks.Data);
        int dataStart = 0, dataEnd = 0;
        while (true)
        {
            var start = chunks.Position;
            chunks.Next();
            if (chunks.Type == PngType.End) break;
            if (chunks.Type == PngType.Data)
            {
                if (dataStart == 0) dataStart = start;
                else if (dataEnd != start) throw PictureRefused.Malformed("its pixels are scattered");
                dataEnd = chunks.Position;
                parts.DataLength += chunks.Data.Length;
            }
            else parts.Take(chunks.Type, chunks.Data, chunks.DataOffset, dataStart != 0);
        }
        if (chunks.Data.Length != 0) throw PictureRefused.Malformed("its end has a wrong length");
        if (dataStart == 0 || parts.DataLength == 0) throw PictureRefused.Truncated("it has no pixels");
        parts.DataChunks = dataStart..dataEnd;
        parts.CheckPalette(file);
        parts.Removed.AddTrailing(file[chunks.Position..]);
        return parts;
    }

    private void Take(uint type, ReadOnlySpan<byte> data, int offset, bool afterData)
    {
        var here = offset..(offset + data.Length);
        switch (type)
        {
            case PngType.Palette when !afterData && Palette.Equals(default):
                if (data.Length is 0 or > 768 || data.Length % 3 != 0) throw PictureRefused.Malformed("its palette has a wrong length");
                Palette = here;
                break;
            case PngType.Transparency when !afterData && Transparency.Equals(default): Transparency = here; break;
            case PngType.Palette or PngType.Transparency or PngType.Header: throw PictureRefused.Malformed("its parts are out of order");
            // Colours are only said before the palette and the pixels (section 5.6); what decoders pass over is dropped here too.
            case PngType.Gamma: Keep(ref Gamma, PngColours.IsGamma(data)); break;
            case PngType.Chromaticities: Keep(ref Chromaticities, PngColours.AreChromaticities(data)); break;
            case PngType.StandardRgb: Keep(ref StandardRgb, PngColours.IsStandardRgb(data)); break;
            case PngType.CodePoints: Keep(ref CodePoints, PngColours.AreCodePoints(data)); break;
            case PngType.Profile when MayBeColour() && !profileSeen: TakeProfile(data); break;
            case PngType.Exif:
                if (!exifSeen && ExifOrientation.Find(data) is not 0 and var found) Orientation = found;
                exifSeen = true;
                Removed.AddExif(data);
                break;
            case PngType.Animation or PngType.FrameControl or PngType.FrameData: throw PictureRefused.Animated();
            case PngType.Text or PngType.PackedText or PngType.WideText: 
                    PngTexts.Tell(type, data, Removed, look: textsSeen++ < PngTextFinder.MostTexts);
                    break;
            case PngType.Time: Removed.Add(Metadata.Removed.Times); break;
            case PngType.Background or PngType.Size or PngType.Histogram or PngType.SignificantBits or PngType.SuggestedPalette
                or PngType.Profile: break;
            default:
                if (!PngType.IsAncillary(type)) throw PictureRefused.UnsupportedCoding("it has parts that are no ordinary PNG");
                Removed.Add(Metadata.Removed.PrivateData);
                break;
        }

        bool MayBeColour() => !afterData && Palette.Equals(default);
        void Keep(ref Range slot, bool legal)
        {
            if (legal && MayBeColour() && slot.Equals(default)) slot = here;
        }
    }

    private void TakeProfile(ReadOnlySpan<byte> data)
    {
        profileSeen = true;
        Profile = PngColours.Profile(data, Header.IsGrey, out var changed);
        ProfileDropped = Profile is null;
        if (ProfileDropped) Removed.Add(Metadata.Removed.ColourProfile);
        else if (changed) Removed.Add(Metadata.Removed.ProfileText);
    }

    /// <summary>Sections 11.2.2 and 11.3.1: which kinds have a palette or transparency, and how long they are.</summary>
    private void CheckPalette(ReadOnlySpan<byte> file)
    {
        var entries = file[Palette].Length / 3;
        var transparency = file[Transparency];
        if (Header.Colour == PngHeader.Palette)
        {
            if (entries == 0) throw PictureRefused.Malformed("its palette is missing");
            if (entries > 1 << Header.Depth) throw PictureRefused.Malformed("its palette is too long");
            if (transparency.Length > entries) throw PictureRefused.Malformed("its transparency has a wrong length");
            return;
        }
        Palette = default;
        if (Header.Colour is PngHeader.GreyAlpha or PngHeader.RgbAlpha) Transparency = default;
        else if (!transparency.IsEmpty)
        {
            if (transparency.Length != (Header.Colour == PngHeader.Grey ? 2 : 6)) throw PictureRefused.Malformed("its transparency has a wrong length");
            for (; !transparency.IsEmpty; transparency = transparency[2..])
                if ((transparency[0] << 8 | transparency[1]) >> Header.Depth != 0) throw PictureRefused.Malformed("its transparency is illegal");
        }
    }
}
