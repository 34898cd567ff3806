using PhotoGuard.Ingest.Metadata.Icc;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>colr, ISO/IEC 14496-12 section 12.1.5: code points as they are, a profile with its numbers alone.</summary>
internal static class HeicColours
{
    private const int MostProfile = 4 * 1024 * 1024;

    /// <summary>The four letters that say what a colr box holds; 0 where it is empty.</summary>
    internal static uint KindOf(ReadOnlySpan<byte> data) => data.Length < 4 ? 0 : new HeicFields(data).Four();

    /// <summary>The box anew, head included; null where it cannot be followed.</summary>
    internal static byte[]? Rewrite(ReadOnlySpan<byte> data, bool grey, RemovedList removed)
    {
        var content = data[4..];
        var clean = KindOf(data) == HeicType.CodePoints ? CodePoints(content) : Profile(content, grey, removed);
        if (clean is null) return null;
        var box = new byte[12 + clean.Length];
        var writer = new ByteWriter(box);
        writer.WriteU32((uint)box.Length);
        writer.WriteU32(HeicType.Colours);
        writer.WriteU32(KindOf(data) == HeicType.CodePoints ? HeicType.CodePoints : HeicType.Profile);
        writer.Write(clean);
        return box;
    }

    /// <summary>Primaries, transfer and matrix of ITU-T H.273, each in two bytes, and one bit for the full range.</summary>
    private static byte[]? CodePoints(ReadOnlySpan<byte> content) =>
        content.Length == 7 && content[0] == 0 && content[1] <= 22 && content[2] == 0 && content[3] <= 18 && content[4] == 0 && content[5] <= 15
            ? [.. content[..6], (byte)(content[6] & 0x80)]
            : null;

    private static byte[]? Profile(ReadOnlySpan<byte> profile, bool grey, RemovedList removed)
    {
        if (profile.Length > MostProfile) return null;
        // A grey picture may have a profile of either kind: decoders make three channels of it.
        var clean = grey ? IccRewrite.TryRewrite(profile, IccColours.Grey) : null;
        clean ??= IccRewrite.TryRewrite(profile, IccColours.Rgb);
        if (clean is not null && !profile.SequenceEqual(clean)) removed.Add(Removed.ProfileText);
        return clean;
    }
}
