namespace PhotoGuard.Ingest.Metadata;

/// <summary>Tells a picture's kind by its first bytes, never by a name or a Content-Type.</summary>
public static class PictureSniffer
{
    private const string SaveAsJpeg = "Save it as a JPEG and send that.";
    private const string SendAPicture = "Choose a picture and send that.";

    /// <summary>The kind; that it is whole and legal is for the scrubber to find.</summary>
    /// <exception cref="PictureRefused"><c>picture-empty</c>, or <c>not-a-picture-we-take</c> with what it is instead.</exception>
    public static PictureKind KindOf(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty) throw PictureRefused.Empty();
        if (file.StartsWith<byte>([0xFF, 0xD8])) return PictureKind.Jpeg;
        if (file.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G'])) return PictureKind.Png;
        if (file.StartsWith("RIFF"u8) && At(file, 8, "WEBP"u8)) return PictureKind.Webp;
        if (At(file, 4, "ftyp"u8)) return KindOfBoxes(file);
        throw OfOtherKind(file);
    }

    private static PictureKind KindOfBoxes(ReadOnlySpan<byte> file)
    {
        var brand = file.Length >= 12 ? file.Slice(8, 4) : default;
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            throw PictureRefused.OfOtherKind("an AVIF picture", SaveAsJpeg);
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8)) return PictureKind.Heic;
        if (brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8) || brand.SequenceEqual("mif2"u8))
            return file[..Math.Min(file.Length, 256)].IndexOf("avif"u8) < 0
                ? PictureKind.Heic
                : throw PictureRefused.OfOtherKind("an AVIF picture", SaveAsJpeg);
        if (brand.StartsWith("jp"u8)) throw PictureRefused.OfOtherKind("a JPEG 2000 picture", SaveAsJpeg);
        throw PictureRefused.OfOtherKind("a film", "Of a Live Photo send the still picture, not the film.");
    }

    private static PictureRefused OfOtherKind(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("GIF8"u8)) return PictureRefused.OfOtherKind("a GIF picture", SaveAsJpeg);
        if (file.StartsWith("BM"u8) && file.Length >= 26) return PictureRefused.OfOtherKind("a BMP picture", SaveAsJpeg);
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8))
            return PictureRefused.OfOtherKind("a TIFF or camera-raw picture", SaveAsJpeg);
        if (file.StartsWith<byte>([0, 0, 0, 12, (byte)'j', (byte)'P']) || file.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51]))
            return PictureRefused.OfOtherKind("a JPEG 2000 picture", SaveAsJpeg);
        if (file.StartsWith<byte>([0xFF, 0x0A]) || file.StartsWith<byte>([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L']))
            return PictureRefused.OfOtherKind("a JPEG XL picture", SaveAsJpeg);
        if (file.StartsWith("8BPS"u8)) return PictureRefused.OfOtherKind("a Photoshop document", SaveAsJpeg);
        if (At(file, 4, "moov"u8) || At(file, 4, "mdat"u8) || At(file, 4, "wide"u8) || file.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3])
            || file.StartsWith("RIFF"u8))
            return PictureRefused.OfOtherKind("a film or sound", "Of a Live Photo send the still picture, not the film.");
        if (file.StartsWith("%PDF"u8)) return PictureRefused.OfOtherKind("a PDF document", SendAPicture);
        if (file.StartsWith("PK"u8)) return PictureRefused.OfOtherKind("a ZIP archive or office document", "Unpack it and send the pictures in it.");
        var text = file[..Math.Min(file.Length, 1024)];
        if (text.IndexOf("<svg"u8) >= 0) return PictureRefused.OfOtherKind("an SVG drawing", SaveAsJpeg);
        return text.ContainsAnyExceptInRange((byte)9, (byte)126)
            ? PictureRefused.OfOtherKind("no picture that is known here", SendAPicture)
            : PictureRefused.OfOtherKind("text", SendAPicture);
    }

    private static bool At(ReadOnlySpan<byte> file, int offset, ReadOnlySpan<byte> sign) =>
        file.Length >= offset + sign.Length && file.Slice(offset, sign.Length).SequenceEqual(sign);
}
