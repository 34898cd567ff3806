using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace PhotoGuard.Workers.Demo;

/// <summary>Writes big-endian TIFF directories with values behind them. TIFF 6.0 section 2.</summary>
public sealed class DemoTiff
{
    private readonly List<byte> block = [];

    /// <summary>Entries of one directory; they must be added by rising tag.</summary>
    public sealed class Directory
    {
        internal List<(ushort Tag, ushort Type, uint Count, byte[] Value, Directory? Target)> Entries { get; } = [];

        /// <summary>A text with its closing 0.</summary>
        public void Ascii(ushort tag, string text)
        {
            byte[] value = [.. Encoding.UTF8.GetBytes(text), 0];
            Entries.Add((tag, 2, (uint)value.Length, value, null));
        }

        /// <summary>One 16-bit number.</summary>
        public void Short(ushort tag, ushort value) => Entries.Add((tag, 3, 1, [(byte)(value >> 8), (byte)value], null));

        /// <summary>Degrees, minutes and hundredths of seconds as three fractions.</summary>
        public void Degrees(ushort tag, double degrees)
        {
            var hundredths = (uint)Math.Round(degrees * 360_000);
            var value = new byte[24];
            uint[] parts = [hundredths / 360_000, 1, hundredths / 6_000 % 60, 1, hundredths % 6_000, 100];
            for (var p = 0; p < 6; p++) BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4 * p), parts[p]);
            Entries.Add((tag, 5, 3, value, null));
        }

        /// <summary>Bytes behind the directory, with one tag for where they are and one for how many.</summary>
        public void Blob(ushort offsetTag, ushort lengthTag, byte[] value)
        {
            Entries.Add((offsetTag, 4, 1, value, this));
            var length = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)value.Length);
            Entries.Add((lengthTag, 4, 1, length, null));
        }

        /// <summary>Another directory.</summary>
        public void Pointer(ushort tag, Directory target) => Entries.Add((tag, 4, 1, [], target));
    }

    /// <summary>The whole block, of a first directory and one that follows it.</summary>
    public byte[] Write(Directory first, Directory second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        block.AddRange("MM\0*\0\0\0\u0008"u8);
        var follow = Put(first);
        Patch(follow, (uint)block.Count);
        Put(second);
        return [.. block];
    }

    /// <summary>Where the offset of the following directory stands.</summary>
    private int Put(Directory directory)
    {
        var start = block.Count;
        block.AddRange(new byte[2 + 12 * directory.Entries.Count + 4]);
        var head = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)directory.Entries.Count);
        PutAt(start, head.AsSpan(0, 2));
        for (var e = 0; e < directory.Entries.Count; e++)
        {
            var (tag, type, count, value, target) = directory.Entries[e];
            var at = start + 2 + 12 * e;
            BinaryPrimitives.WriteUInt16BigEndian(head, tag);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), type);
            BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), count);
            PutAt(at, head);
            if (target is null && value.Length <= 4)
            {
                PutAt(at + 8, value);
                continue;
            }
            if (block.Count % 2 == 1) block.Add(0);
            Patch(at + 8, (uint)block.Count);
            if (target is null || ReferenceEquals(target, directory)) block.AddRange(value);
            else Put(target);
        }
        return start + 2 + 12 * directory.Entries.Count;
    }

    private void Patch(int at, uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        PutAt(at, bytes);
    }

    private void PutAt(int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(CollectionsMarshal.AsSpan(block)[at..]);
}
