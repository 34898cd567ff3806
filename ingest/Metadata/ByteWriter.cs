using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>Writes one thing behind the other; writing past the end throws, which would be a mistake of ours.</summary>
internal ref struct ByteWriter(Span<byte> space)
{
    private readonly Span<byte> space = space;

    internal int Position { get; private set; }

    internal readonly Span<byte> Written => space[..Position];

    /// <summary>What has not been written to; <see cref="Advance"/> tells how much of it was filled from elsewhere.</summary>
    internal readonly Span<byte> Room => space[Position..];

    internal void Advance(int count) => Position += Room[..count].Length;

    internal void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(space[Position..]);
        Position += bytes.Length;
    }

    internal void WriteU16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(space[Position..], (ushort)value);
        Position += 2;
    }

    internal void WriteU32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(space[Position..], value);
        Position += 4;
    }

    internal void WriteLittleU32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(space[Position..], value);
        Position += 4;
    }

    /// <summary>Room to be filled by the caller, zeroed.</summary>
    internal Span<byte> Take(int length)
    {
        var room = space.Slice(Position, length);
        room.Clear();
        Position += length;
        return room;
    }
}
