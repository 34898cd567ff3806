using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Walks the boxes that lie in a part of the file, ISO/IEC 14496-12 section 4.2. It never goes down by itself, so that no nesting can
/// exhaust it.
/// </summary>
internal ref struct HeicBoxes
{
    private readonly ReadOnlySpan<byte> file;
    private readonly int end;
    private int position;

    /// <param name="file">The whole file, so that all positions are positions in it.</param>
    /// <param name="within">Where the boxes lie.</param>
    internal HeicBoxes(ReadOnlySpan<byte> file, Range within)
    {
        this.file = file;
        position = within.Start.Value;
        end = within.End.Value;
    }

    internal uint Type { get; private set; }

    /// <summary>Where the box begins.</summary>
    internal int Start { get; private set; }

    /// <summary>What the box holds, as positions in the file.</summary>
    internal Range Content { get; private set; }

    internal readonly ReadOnlySpan<byte> Data => file[Content];

    /// <summary>What has not been walked yet.</summary>
    internal readonly Range Rest => position..end;

    /// <summary>False at the end.</summary>
    /// <exception cref="PictureRefused">A box that does not fit into what holds it.</exception>
    internal bool Next()
    {
        if (position == end) return false;
        if (!TryNext(reachesEnd: false)) throw PictureRefused.Malformed("a part of its index has an impossible length");
        return true;
    }

    /// <summary>
    /// False where no whole box follows; <see cref="Type"/> is then what its four letters were, or 0.
    /// </summary>
    /// <param name="reachesEnd">Whether a length of 0 means up to the end, as it does for boxes of the file itself.</param>
    internal bool TryNext(bool reachesEnd)
    {
        Type = 0;
        if (end - position < 8) return false;
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
        Type = BinaryPrimitives.ReadUInt32BigEndian(file[(position + 4)..]);
        var head = 8;
        if (size == 1)
        {
            if (end - position < 16) return false;
            size = BinaryPrimitives.ReadUInt64BigEndian(file[(position + 8)..]);
            head = 16;
        }
        else if (size == 0 && reachesEnd) size = (ulong)(end - position);
        if (size < (ulong)head || size > (ulong)(end - position)) return false;
        Start = position;
        Content = (position + head)..(position + (int)size);
        position += (int)size;
        return true;
    }
}
