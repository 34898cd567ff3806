using PhotoGuard.Ingest.Metadata.Icc;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>One walk over the file: what stays, and what is removed. Readers go by the flags of VP8X, and so does this.</summary>
internal sealed class WebpParts
{
    private const int MostProfile = 4 * 1024 * 1024;

    internal WebpSize Size { get; private set; }

    /// <summary>1 to 8; 1 where the file says nothing.</summary>
    internal int Orientation { get; private set; } = 1;

    /// <summary>Data of the coded picture, of kind <see cref="WebpType.Lossy"/> or <see cref="WebpType.Lossless"/>.</summary>
    internal Range Picture { get; private set; }
    internal uint PictureType { get; private set; }

    /// <summary>Data of ALPH; empty where absent.</summary>
    internal Range Alpha { get; private set; }

    /// <summary>Rewritten ICCP data.</summary>
    internal byte[]? Profile { get; private set; }
    internal bool ProfileDropped { get; private set; }
    internal RemovedList Removed { get; } = new();

    private byte flags;
    private bool extended, exifSeen, profileSeen, transparent;

    /// <summary>The flag of transparency, as readers are to see it.</summary>
    internal bool SaysAlpha => extended && PictureType == WebpType.Lossless ? (flags & WebpType.HasAlpha) != 0 : transparent;

    /// <summary>Whether the file needs VP8X: lossless pixels have a flag of transparency of their own.</summary>
    internal bool NeedsExtended =>
        Profile is not null || Orientation > 1 || (PictureType == WebpType.Lossy ? transparent : SaysAlpha != transparent);

    internal static WebpParts Read(ReadOnlySpan<byte> file)
    {
        var parts = new WebpParts();
        var riff = WebpChunks.RiffOf(file);
        var chunks = new WebpChunks(riff);
        chunks.MoveNext();
        if (chunks.Type == WebpType.Extended) parts.TakeCanvas(chunks.Data);
        else if (chunks.Type is WebpType.Lossy or WebpType.Lossless) parts.TakePicture(chunks.Type, chunks.Data, chunks.Place);
        else throw PictureRefused.Malformed("it does not begin with its header");
        while (chunks.MoveNext()) parts.Take(chunks.Type, chunks.Data, chunks.Place);
        parts.CheckPicture(riff);
        parts.Removed.AddTrailing(file[chunks.Position..]);
        return parts;
    }

    /// <summary>VP8X, section 2.7: flags, reserved bits that readers pass over, and the size.</summary>
    private void TakeCanvas(ReadOnlySpan<byte> data)
    {
        if (data.Length != 10) throw PictureRefused.Malformed("its header has a wrong length");
        Size = new WebpSize(1 + Three(data[4..]), 1 + Three(data[7..])).Checked();
        flags = data[0];
        extended = true;
        if ((flags & WebpType.HasFrames) != 0) throw PictureRefused.Animated();

        static int Three(ReadOnlySpan<byte> at) => at[0] | at[1] << 8 | at[2] << 16;
    }

    private void Take(uint type, ReadOnlySpan<byte> data, Range place)
    {
        switch (type)
        {
            case WebpType.Lossy or WebpType.Lossless: TakePicture(type, data, place); break;
            case WebpType.Alpha when extended && PictureType == 0 && Alpha.Equals(default): Alpha = place; break;
            case WebpType.Alpha or WebpType.Extended: throw PictureRefused.Malformed("its parts are out of order");
            case WebpType.Animation or WebpType.Frame: throw PictureRefused.Animated();
            case WebpType.Profile: TakeProfile(data); break;
            case WebpType.Exif: TakeExif(WebpExif.TiffOf(data)); break;
            case WebpType.Xmp: Removed.AddXmp(data); break;
            default: Removed.Add(Metadata.Removed.PrivateData); break;
        }
    }

    private void TakePicture(uint type, ReadOnlySpan<byte> data, Range place)
    {
        if (PictureType != 0) throw PictureRefused.Malformed("it has two pictures in one");
        var size = type == WebpType.Lossy ? WebpLossy.SizeOf(data) : WebpLossless.SizeOf(data, out transparent);
        if (extended && size != Size) throw PictureRefused.Malformed("it says two different sizes");
        (Size, PictureType, Picture) = (size, type, place);
    }

    private void CheckPicture(ReadOnlySpan<byte> riff)
    {
        if (PictureType == 0) throw PictureRefused.Truncated("it has no pixels");
        WebpSwallowed.Check(riff[Picture]);
        WebpSwallowed.Check(riff[Alpha]);
        if (PictureType == WebpType.Lossless)
        {
            if (!Alpha.Equals(default)) throw PictureRefused.Malformed("its parts are out of order");
            WebpLossless.CheckEnd(riff[Picture]);
            return;
        }
        WebpLossy.CheckPartitions(riff[Picture]);
        transparent = !Alpha.Equals(default);
        if (!transparent) return;
        // Some decoders go by the flag and some by the plane, so that it would look differently here and there.
        if ((flags & WebpType.HasAlpha) == 0) throw PictureRefused.Malformed("it says two different things of its transparency");
        WebpAlpha.Check(riff[Alpha], Size);
    }

    private void TakeExif(ReadOnlySpan<byte> tiff)
    {
        var counts = (flags & WebpType.HasExif) != 0 && !exifSeen;
        if (counts && ExifOrientation.Find(tiff) is not 0 and var found) Orientation = found;
        exifSeen = true;
        Removed.AddExif(tiff);
    }

    private void TakeProfile(ReadOnlySpan<byte> profile)
    {
        var counts = (flags & WebpType.HasProfile) != 0 && !profileSeen;
        profileSeen = true;
        if (!counts)
        {
            Removed.Add(Metadata.Removed.ProfileText);
            return;
        }
        Profile = profile.Length > MostProfile ? null : IccRewrite.TryRewrite(profile, IccColours.Rgb);
        ProfileDropped = Profile is null;
        if (ProfileDropped) Removed.Add(Metadata.Removed.ColourProfile);
        else if (!profile.SequenceEqual(Profile)) Removed.Add(Metadata.Removed.ProfileText);
    }
}
