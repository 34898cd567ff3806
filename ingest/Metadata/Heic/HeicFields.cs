using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>Reads the fields of a box one behind the other; a box that is too short for its fields is refused.</summary>
internal ref struct HeicFields(ReadOnlySpan<byte> data)
{
    internal ReadOnlySpan<byte> Rest { get; private set; } = data;

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count > Rest.Length) throw PictureRefused.Malformed("a part of its index ends early");
        var taken = Rest[..count];
        Rest = Rest[count..];
        return taken;
    }

    internal int One() => Take(1)[0];

    internal int Two() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    internal uint Four() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>Of 2 bytes, or of 4 where <paramref name="wide"/>.</summary>
    internal uint TwoOr(bool wide) => wide ? Four() : (uint)Two();

    /// <summary>A number of 0, 4 or 8 bytes, 0 where it has none; what no file can hold is the largest <see cref="int"/>.</summary>
    internal long Sized(int size) => size switch
    {
        0 => 0,
        4 => Math.Min(Four(), int.MaxValue),
        8 => (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(Take(8)), int.MaxValue),
        _ => throw PictureRefused.Malformed("a number in its index has an impossible size"),
    };

    /// <summary>Version of a full box (ISO/IEC 14496-12 section 4.2.2).</summary>
    /// <param name="flags">24 bits.</param>
    internal int Version(out int flags)
    {
        var both = Four();
        flags = (int)(both & 0xFFFFFF);
        return (int)(both >> 24);
    }

    /// <summary>A text without its closing zero; the last one of a box may lack that.</summary>
    internal ReadOnlySpan<byte> Text()
    {
        var length = Rest.IndexOf((byte)0);
        if (length < 0) return Take(Rest.Length);
        var text = Take(length);
        Take(1);
        return text;
    }
}
