using System.Buffers;
using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>
/// A colour profile with its numbers and nothing else, ICC.1:2022. Profiles carry monitor names, serials, makers and dates: texts
/// become constants, fields of device and maker zeros, tags that decide no colour go.
/// </summary>
internal static class IccRewrite
{
    /// <summary>Bytes that a rewritten profile may have more than the original: two constant texts and padding.</summary>
    internal const int MostGrowth = 512;

    private const int HeaderLength = 128, MostTags = 100;

    private readonly record struct Kept(uint Signature, int Offset, int Size, int NewOffset, int NewSize);

    /// <summary>Null where the profile is not well formed, is for other colours, or lacks a number that it needs.</summary>
    internal static byte[]? TryRewrite(ReadOnlySpan<byte> profile, IccColours colours)
    {
        var clean = ArrayPool<byte>.Shared.Rent(profile.Length + MostGrowth);
        var length = Rewrite(profile, colours, clean.AsSpan(0, profile.Length + MostGrowth));
        var exact = length == 0 ? null : clean[..length];
        ArrayPool<byte>.Shared.Return(clean);
        return exact;
    }

    /// <summary>The same into <paramref name="clean"/>, whose length is the profile's and <see cref="MostGrowth"/> more.</summary>
    /// <returns>How long it has become; 0 where it cannot be rewritten.</returns>
    internal static int Rewrite(ReadOnlySpan<byte> profile, IccColours colours, Span<byte> clean)
    {
        if (!IsSoundHeader(ref profile, colours)) return 0;
        var count = U32(profile[HeaderLength..]);
        if (count is 0 or > MostTags || HeaderLength + 4 + 12 * count > profile.Length) return 0;
        Span<Kept> kept = stackalloc Kept[MostTags];
        var tags = 0;
        var enough = 0;
        for (var t = 0; t < count; t++)
        {
            var entry = profile.Slice(HeaderLength + 4 + 12 * t, 12);
            uint signature = U32(entry), offset = U32(entry[4..]), size = U32(entry[8..]);
            if (IccTag.FormOf(signature) == IccTag.Form.None) continue;
            if (offset < HeaderLength || offset > profile.Length || size > profile.Length - offset || size < 8) return 0;
            foreach (var earlier in kept[..tags])
                if (earlier.Signature == signature) return 0;
            kept[tags++] = new(signature, (int)offset, (int)size, 0, 0);
            enough |= IccTag.BitOf(signature);
        }
        return IccTag.IsEnough(enough, colours) ? Write(profile, colours, kept[..tags], clean[..(profile.Length + MostGrowth)]) : 0;
    }

    private static bool IsSoundHeader(ref ReadOnlySpan<byte> profile, IccColours colours)
    {
        if (profile.Length < HeaderLength + 4) return false;
        var size = U32(profile);
        if (size < HeaderLength + 4 || size > profile.Length) return false;
        profile = profile[..(int)size];
        ReadOnlySpan<byte> kind = profile.Slice(12, 4), space = profile.Slice(16, 4), connection = profile.Slice(20, 4);
        return profile[8] is 2 or 4 && profile.Slice(36, 4).SequenceEqual("acsp"u8)
            && (kind.SequenceEqual("mntr"u8) || kind.SequenceEqual("scnr"u8) || kind.SequenceEqual("prtr"u8) || kind.SequenceEqual("spac"u8))
            && space.SequenceEqual(colours switch { IccColours.Grey => "GRAY"u8, IccColours.Rgb => "RGB "u8, _ => "CMYK"u8 })
            && (connection.SequenceEqual("XYZ "u8) || connection.SequenceEqual("Lab "u8));
    }

    private static int Write(ReadOnlySpan<byte> profile, IccColours colours, Span<Kept> kept, Span<byte> clean)
    {
        var writer = new ByteWriter(clean);
        WriteHeader(profile, ref writer);
        writer.WriteU32((uint)kept.Length + 2);
        var table = writer.Take(12 * (kept.Length + 2));
        var versionFour = profile[8] == 4;
        Put(table, IccTag.Description, writer.Position, IccTexts.Write(ref writer, IccTexts.Description, versionFour, description: true));
        Pad(ref writer);
        Put(table[12..], IccTag.Copyright, writer.Position, IccTexts.Write(ref writer, IccTexts.Copyright, versionFour, description: false));
        Pad(ref writer);
        for (var t = 0; t < kept.Length; t++)
        {
            ref var tag = ref kept[t];
            var same = FindSame(kept[..t], tag);
            if (same >= 0) tag = tag with { NewOffset = kept[same].NewOffset, NewSize = kept[same].NewSize };
            else
            {
                var at = writer.Position;
                if (!IccElement.TryWrite(profile.Slice(tag.Offset, tag.Size), IccTag.FormOf(tag.Signature), colours, clean.Length, ref writer)) return 0;
                tag = tag with { NewOffset = at, NewSize = writer.Position - at };
                if (writer.Position + 3 > clean.Length) return 0;
                Pad(ref writer);
            }
            Put(table[(24 + 12 * t)..], tag.Signature, tag.NewOffset, tag.NewSize);
        }
        BinaryPrimitives.WriteUInt32BigEndian(clean, (uint)writer.Position);
        return writer.Position;
    }

    // Profiles share one curve between channels. Only tags of one form may share, so that what is shared was checked for both.
    private static int FindSame(ReadOnlySpan<Kept> earlier, Kept tag)
    {
        for (var e = 0; e < earlier.Length; e++)
            if (earlier[e].Offset == tag.Offset && earlier[e].Size == tag.Size
                && IccTag.FormOf(earlier[e].Signature) == IccTag.FormOf(tag.Signature)) return e;
        return -1;
    }

    /// <summary>ICC.1:2022 table 17. Kept: version, class, both colour spaces, intent. The rest is constant.</summary>
    private static void WriteHeader(ReadOnlySpan<byte> profile, ref ByteWriter writer)
    {
        var header = writer.Take(HeaderLength);
        profile.Slice(8, 2).CopyTo(header[8..]);
        profile.Slice(12, 12).CopyTo(header[12..]);
        ReadOnlySpan<byte> date = [0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], signature = "acsp"u8;
        date.CopyTo(header[24..]);
        signature.CopyTo(header[36..]);
        var intent = U32(profile[64..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[64..], intent <= 3 ? intent : 0);
        ReadOnlySpan<byte> d50 = [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D];
        d50.CopyTo(header[68..]);
    }

    private static void Put(Span<byte> entry, uint signature, int offset, int size)
    {
        BinaryPrimitives.WriteUInt32BigEndian(entry, signature);
        BinaryPrimitives.WriteUInt32BigEndian(entry[4..], (uint)offset);
        BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)size);
    }

    private static void Pad(ref ByteWriter writer) => writer.Take(-writer.Position & 3);

    private static uint U32(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32BigEndian(at);
}
