using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using PhotoGuard.Ingest.Metadata.Icc;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Chunks that say what the numbers of the picture mean, held against their legal values. Section 11.3.2.</summary>
internal static class PngColours
{
    private const int MostProfile = 4 * 1024 * 1024;

    /// <summary>Name that every rewritten profile gets.</summary>
    internal static ReadOnlySpan<byte> ProfileName => "icc\0"u8;

    /// <summary>Gamma between 0.01 and 10, which no four letters are.</summary>
    internal static bool IsGamma(ReadOnlySpan<byte> data) =>
        data.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(data) is >= 1_000 and <= 1_000_000;

    /// <summary>Eight coordinates, none above 2.</summary>
    internal static bool AreChromaticities(ReadOnlySpan<byte> data)
    {
        if (data.Length != 32) return false;
        for (; !data.IsEmpty; data = data[4..])
            if (Math.Abs((long)BinaryPrimitives.ReadInt32BigEndian(data)) > 200_000) return false;
        return true;
    }

    internal static bool IsStandardRgb(ReadOnlySpan<byte> data) => data.Length == 1 && data[0] <= 3;

    /// <summary>Primaries and transfer of ITU-T H.273, matrix 0, full range or not.</summary>
    internal static bool AreCodePoints(ReadOnlySpan<byte> data) =>
        data.Length == 4 && data[0] is >= 1 and <= 22 && data[1] is >= 1 and <= 18 && data[2] == 0 && data[3] <= 1;

    /// <summary>A rewritten profile, packed anew under a constant name; null where it cannot be followed.</summary>
    internal static byte[]? Profile(ReadOnlySpan<byte> data, bool grey, out bool changed)
    {
        changed = false;
        var name = data[..Math.Min(data.Length, 80)].IndexOf((byte)0);
        if (name < 1 || data.Length < name + 3 || data[name + 1] != 0) return null;
        if (Inflate(data[(name + 2)..]) is not { } profile) return null;
        var clean = IccRewrite.TryRewrite(profile, grey ? IccColours.Grey : IccColours.Rgb);
        if (clean is null) return null;
        changed = !clean.AsSpan().SequenceEqual(profile) || !data[..(name + 1)].SequenceEqual(ProfileName);
        return Pack(clean);
    }

    private static byte[]? Inflate(ReadOnlySpan<byte> packed)
    {
        using var source = new MemoryStream(packed.ToArray(), writable: false);
        using var zlib = new ZLibStream(source, CompressionMode.Decompress);
        var room = new ArrayBufferWriter<byte>();
        try
        {
            for (int read; (read = zlib.Read(room.GetSpan(4096))) > 0; room.Advance(read))
                if (room.WrittenCount > MostProfile) return null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
        return room.WrittenSpan.ToArray();
    }

    private static byte[] Pack(byte[] profile)
    {
        using var packed = new MemoryStream();
        packed.Write(ProfileName);
        packed.WriteByte(0);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(profile);
        return packed.ToArray();
    }
}
