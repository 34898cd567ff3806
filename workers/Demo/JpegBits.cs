namespace PhotoGuard.Workers.Demo;

/// <summary>Output of the encoder: whole segments, and codes bit by bit with a 0 stuffed behind each 0xFF (T.81 section F.1.2.3).</summary>
internal sealed class JpegBits(int expected)
{
    private byte[] bytes = new byte[expected];
    private int length, held;
    private uint pending;

    internal void Bytes(ReadOnlySpan<byte> data)
    {
        Room(data.Length);
        data.CopyTo(bytes.AsSpan(length));
        length += data.Length;
    }

    internal void Segment(byte marker, ReadOnlySpan<byte> data)
    {
        Bytes([0xFF, marker, (byte)(data.Length + 2 >> 8), (byte)(data.Length + 2)]);
        Bytes(data);
    }

    /// <param name="code">The low <paramref name="count"/> bits, at most 16.</param>
    /// <param name="count">0 to 16.</param>
    internal void Code(int code, int count)
    {
        pending = pending << count | (uint)code & (1u << count) - 1;
        held += count;
        while (held >= 8)
        {
            held -= 8;
            Room(2);
            var value = (byte)(pending >> held);
            bytes[length++] = value;
            if (value == 0xFF) bytes[length++] = 0;
        }
    }

    /// <summary>Fills the last byte with ones.</summary>
    internal void Flush()
    {
        if (held > 0) Code(0x7F, 8 - held);
    }

    internal byte[] ToArray() => bytes[..length];

    private void Room(int more)
    {
        if (length + more > bytes.Length) Array.Resize(ref bytes, Math.Max(length + more, bytes.Length * 2));
    }
}
