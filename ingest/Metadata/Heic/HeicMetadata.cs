using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Data of items that hold metadata, as far as it can be followed. Honest items share no bytes, so all of them together are no longer than
/// the file; what goes beyond that is not looked at.
/// </summary>
internal sealed class HeicMetadata(int fileLength)
{
    private long left = fileLength;

    /// <summary>All pieces of an item put together; empty where one cannot be followed.</summary>
    internal ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> file, HeicIndex index, HeicItem item)
    {
        if (item.Location is not { } location) return default;
        var extents = index.ExtentsOf(location);
        long length = 0;
        foreach (var extent in extents)
        {
            if (index.Place(location, extent, file.Length) is null) return default;
            length += extent.Length;
        }
        if ((left -= length) < 0 || length == 0) return default;
        if (extents.Length == 1) return file[index.Place(location, extents[0], file.Length)!.Value];
        var whole = new byte[length];
        var at = 0;
        foreach (var extent in extents)
        {
            file[index.Place(location, extent, file.Length)!.Value].CopyTo(whole.AsSpan(at));
            at += (int)extent.Length;
        }
        return whole;
    }

    /// <summary>
    /// The TIFF block of an Exif item (ISO/IEC 23008-12 annex A.2.1): behind an offset, which some programs write wrongly, and then it is
    /// looked for.
    /// </summary>
    internal static ReadOnlySpan<byte> TiffOf(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4) return default;
        var offset = new HeicFields(data).Four();
        var said = data[(int)Math.Min(4 + (long)offset, data.Length)..];
        if (TiffEntries.IsTiff(said)) return said;
        var begin = data[..Math.Min(data.Length, 64)];
        var found = Math.Max(begin.IndexOf("MM\0*"u8), begin.IndexOf("II*\0"u8));
        return found >= 0 ? data[found..] : data[4..];
    }
}
