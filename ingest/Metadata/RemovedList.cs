using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>Gathers what is removed, each thing once.</summary>
internal sealed class RemovedList
{
    // There are so few kinds that each set of them is made once and then shared by all pictures.
    private static readonly IReadOnlyList<Removed>?[] Sets = new IReadOnlyList<Removed>?[1 << Removed.All.Count];

    private int set;

    /// <summary>In the order of <see cref="Removed.All"/>; the list does not change when more is added.</summary>
    internal IReadOnlyList<Removed> Items => Sets[set] ??= Array.AsReadOnly([.. Removed.All.Where((_, k) => (set >> k & 1) != 0)]);

    internal void Clear() => set = 0;

    internal void Add(Removed removed)
    {
        // A hostile file can have millions of segments, so they are told apart by reference.
        var k = 0;
        while (!ReferenceEquals(Removed.All[k], removed)) k++;
        set |= 1 << k;
    }

    internal void AddExif(ReadOnlySpan<byte> tiff)
    {
        var glance = TiffGlance.At(tiff);
        if (glance.Location) Add(Removed.Location);
        if (glance.More) Add(Removed.CameraDetails);
        if (glance.Thumbnail) Add(Removed.Thumbnail);
    }

    internal void AddXmp(ReadOnlySpan<byte> packet)
    {
        if (PlaceWords.InXmp(packet)) Add(Removed.Location);
        Add(Removed.EditingHistory);
    }

    internal void AddPhotoshop(ReadOnlySpan<byte> data)
    {
        var (captions, place) = PlaceWords.InPhotoshop(data);
        if (place) Add(Removed.Location);
        Add(captions ? Removed.CaptionFields : Removed.PrivateData);
    }

    /// <summary>What stands behind the end of the picture. Nothing is said of padding with zeros.</summary>
    internal void AddTrailing(ReadOnlySpan<byte> rest)
    {
        if (!rest.ContainsAnyExcept((byte)0)) return;
        var picture = rest.IndexOf<byte>([0xFF, 0xD8, 0xFF]) >= 0 || rest.IndexOf<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']) >= 0;
        var video = rest.IndexOf("ftyp"u8) >= 0;
        if (picture) Add(Removed.SecondPicture);
        if (video) Add(Removed.Video);
        if (!picture && !video) Add(Removed.TrailingData);
    }
}
