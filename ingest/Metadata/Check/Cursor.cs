using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// Takes a clean file apart from its first byte to its last. The checks share no code with the scrubbers, so that a mistake of one
/// is not a mistake of both.
/// </summary>
internal ref struct Cursor(ReadOnlySpan<byte> bytes, string what)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly string what = what;

    internal int At { get; private set; }

    internal readonly int Left => bytes.Length - At;

    internal readonly ReadOnlySpan<byte> Rest => bytes[At..];

    internal readonly PictureRefused Fail(string detail) => PictureRefused.CheckFailed($"{what}: {detail}");

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left) throw Fail("ends early");
        At += count;
        return bytes.Slice(At - count, count);
    }

    internal byte Byte() => Take(1)[0];

    internal int Two() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    internal int LittleTwo() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal int LittleThree() => LittleTwo() | Byte() << 16;

    internal uint LittleFour() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal uint Four() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>Takes exactly these bytes or fails.</summary>
    internal void Must(scoped ReadOnlySpan<byte> expected, string detail)
    {
        if (!Take(Math.Min(expected.Length, Left)).SequenceEqual(expected)) throw Fail(detail);
    }

    /// <summary>Takes these bytes if they come next.</summary>
    internal bool May(scoped ReadOnlySpan<byte> expected)
    {
        if (!Rest.StartsWith(expected)) return false;
        At += expected.Length;
        return true;
    }

    internal readonly void MustEnd()
    {
        if (Left != 0) throw Fail("bytes behind its end");
    }
}
