using System.Buffers.Binary;
using PhotoGuard.Tests.Ingest.Metadata;

namespace PhotoGuard.Benchmarks.ScrubFuzz;

/// <summary>A damaged file. The number alone decides it, as long as the seeds are the same.</summary>
/// <param name="Seed">Name of what was damaged.</param>
/// <param name="Mutation">What was done to it, in words.</param>
internal sealed record FuzzInput(long Number, string Seed, string Mutation, byte[] File)
{
    private static readonly ulong[] Lies = [0, 1, 2, 7, 8, 9, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    /// <summary>Every second one is cut, at each byte of each made seed's heads in turn, until all have been; the others are damaged by chance.</summary>
    internal static FuzzInput Of(long number, IReadOnlyList<FuzzSeed> made, IReadOnlyList<FuzzSeed> real) =>
        (number % 2 == 0 ? Cut(number, number / 2, made) : null) ?? ByChance(number, made, real);

    private static FuzzInput? Cut(long number, long left, IReadOnlyList<FuzzSeed> made)
    {
        foreach (var seed in made)
        {
            if (left < seed.Heads.Count) return new(number, seed.Name, $"cut at {seed.Heads[(int)left]}", seed.File[..seed.Heads[(int)left]]);
            left -= seed.Heads.Count;
        }

        return null;
    }

    private static FuzzInput ByChance(long number, IReadOnlyList<FuzzSeed> made, IReadOnlyList<FuzzSeed> real)
    {
        // Real files are longer, so that one in sixteen takes as much time as the others together.
        var random = new Random((int)number);
        var from = real.Count > 0 && random.Next(16) == 0 ? real : made;
        FuzzSeed seed = from[random.Next(from.Count)], other = made[random.Next(made.Count)];
        var said = new List<string>();
        var file = (byte[])seed.File.Clone();
        for (var times = Math.Max(1, random.Next(4)); times > 0 && file.Length > 8; times--) file = Damage(file, seed, other, random, said);
        // Without right checksums every damaged PNG would be refused at the first of them.
        if (file.AsSpan().StartsWith(TestPng.Signature) && random.Next(4) != 0)
        {
            MendSums(file);
            said.Add("checksums mended");
        }

        return new(number, seed.Name, string.Join(", ", said), file);
    }

    private static byte[] Damage(byte[] file, FuzzSeed seed, FuzzSeed other, Random random, List<string> said)
    {
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                var flips = 1 << random.Next(4);
                var last = 0;
                for (var k = 0; k < flips; k++)
                {
                    last = Place(seed, file.Length, random);
                    file[last] ^= (byte)(1 << random.Next(8));
                }

                said.Add($"{flips} bits flipped, the last in {last}");
                return file;
            case 3 or 4:
                var field = seed.Lengths[random.Next(seed.Lengths.Count)];
                if (field.At + field.Size <= file.Length) Lie(file.AsSpan(field.At, field.Size), field.Little, random, said, field.At);
                return file;
            case 5 or 6:
                int to = Place(seed, file.Length, random), of = Place(other, other.File.Length, random);
                var length = random.Next(3) == 0 ? other.File.Length - of : Math.Min(other.File.Length - of, 1 + random.Next(200));
                var behind = random.Next(2) == 0 ? to : Math.Min(file.Length, to + length);
                said.Add($"{length} bytes from {of} of {other.Name} put at {to}, going on at {behind}");
                return [.. file.AsSpan(0, to), .. other.File.AsSpan(of, length), .. file.AsSpan(behind)];
            default:
                var cut = Place(seed, file.Length, random);
                said.Add($"cut at {cut}");
                return file[..Math.Max(1, cut)];
        }
    }

    /// <summary>Mostly in heads.</summary>
    private static int Place(FuzzSeed seed, int length, Random random) =>
        Math.Min(length - 1, random.Next(4) == 0 ? random.Next(length) : seed.Heads[random.Next(seed.Heads.Count)]);

    private static void Lie(Span<byte> field, bool little, Random random, List<string> said, int at)
    {
        ulong value = 0;
        for (var k = 0; k < field.Length; k++) value |= (ulong)field[little ? k : field.Length - 1 - k] << (8 * k);
        value = random.Next(2) == 0 ? Lies[random.Next(Lies.Length)] : value + (ulong)random.NextInt64(-16, 17);
        for (var k = 0; k < field.Length; k++) field[little ? k : field.Length - 1 - k] = (byte)(value >> (8 * k));
        said.Add($"length at {at} made {value}");
    }

    private static void MendSums(Span<byte> png)
    {
        for (var at = 8; png.Length - at >= 12;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - 12) return;
            var body = png.Slice(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(png[(at + 8 + (int)length)..], TestPng.Crc(body));
            at += 12 + (int)length;
        }
    }
}
