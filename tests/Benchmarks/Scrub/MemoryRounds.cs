using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Metadata;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>Scrubbing in memory beside what any program must do at least.</summary>
internal static class MemoryRounds
{
    // More than any cache holds.
    private const long Uncached = 420_000_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    internal static void Jpeg(BenchReport report, byte[] jpeg)
    {
        var copies = Copies(jpeg);
        var rounds = new Rounds("jpeg in memory, uncached")
            .Add("scrub", turn => PictureScrubber.Scrub(copies[turn % copies.Length]).Dispose())
            .Add("memcpy", turn => Copy(copies[turn % copies.Length]))
            .Add("SHA-256", turn => Hash(copies[turn % copies.Length]))
            .Run(report.Quick ? 150 : 1_000, 60, Longest);
        rounds.Tell(report, jpeg.Length);
        report.Figure("jpegMemcpyRatio", rounds.Ratio("scrub", "memcpy"));
        report.Figure("jpegSha256Ratio", rounds.Ratio("scrub", "SHA-256"));
        report.Figure("jpegAllocatedBytes", Allocated(jpeg));
        report.Figure("jpegCheckMs", Check(report, "jpeg", jpeg));
        new Rounds("jpeg in memory, cached")
            .Add("scrub", _ => PictureScrubber.Scrub(jpeg).Dispose()).Add("memcpy", _ => Copy(jpeg))
            .Run(report.Quick ? 100 : 500, 20, Longest).Tell(report, jpeg.Length);
    }

    internal static void Heic(BenchReport report, byte[] tiles, byte[] whole)
    {
        foreach (var (name, heic) in new[] { ("heic of 48 tiles in memory", tiles), ("heic in one piece in memory", whole) })
        {
            var copies = Copies(heic);
            var rounds = new Rounds(name)
                .Add("scrub", turn => PictureScrubber.Scrub(copies[turn % copies.Length]).Dispose())
                .Add("memcpy", turn => Copy(copies[turn % copies.Length]))
                .Run(report.Quick ? 80 : 500, 30, Longest);
            rounds.Tell(report, heic.Length, part => part == "scrub" ? new { allocatedBytes = Allocated(heic) } : null);
            if (heic == tiles) report.Figure("heicMs", rounds.Median("scrub"));
        }

        report.Figure("heicCheckMs", Check(report, "heic", tiles));
    }

    internal static void Png(BenchReport report, byte[] png)
    {
        byte[] packed = [.. TestPng.Read(png).Where(chunk => chunk.Type == "IDAT").SelectMany(chunk => chunk.Data)];
        var room = new byte[64 * 1024];
        var rounds = new Rounds("png in memory")
            .Add("scrub", _ => PictureScrubber.Scrub(png).Dispose())
            .Add("inflate", _ =>
            {
                using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
                while (zlib.Read(room) > 0) { }
            })
            .Run(report.Quick ? 25 : 150, 5, Longest);
        rounds.Tell(report, png.Length, part => part == "scrub" ? new { allocatedBytes = Allocated(png) } : null);
        report.Figure("pngInflateRatio", rounds.Ratio("scrub", "inflate"));
        report.Figure("pngCheckMs", Check(report, "png", png));
    }

    /// <summary>Nothing, as long as the scrubber takes no WebP.</summary>
    internal static void Webp(BenchReport report, byte[] webp)
    {
        try
        {
            PictureScrubber.Scrub(webp).Dispose();
        }
        catch (PictureRefused refused) when (refused.Type == "kind-not-supported-yet")
        {
            Console.Error.WriteLine("Left out: webp (the scrubber does not take it yet).");
            return;
        }

        var copies = Copies(webp);
        var rounds = new Rounds("webp in memory, uncached")
            .Add("scrub", turn => PictureScrubber.Scrub(copies[turn % copies.Length]).Dispose())
            .Add("memcpy", turn => Copy(copies[turn % copies.Length]))
            .Run(report.Quick ? 150 : 1_000, 60, Longest);
        rounds.Tell(report, webp.Length);
        report.Figure("webpMemcpyRatio", rounds.Ratio("scrub", "memcpy"));
        report.Figure("webpCheckMs", Check(report, "webp", webp));
    }

    /// <summary>As many equal pictures as leave the caches before their turn comes again.</summary>
    internal static byte[][] Copies(byte[] picture) =>
        [.. Enumerable.Range(0, (int)(Uncached / picture.Length) + 1).Select(_ => (byte[])picture.Clone())];

    /// <summary>Into a rented buffer, as the scrubber does it.</summary>
    private static void Copy(byte[] picture)
    {
        var room = ArrayPool<byte>.Shared.Rent(picture.Length);
        picture.CopyTo(room, 0);
        ArrayPool<byte>.Shared.Return(room);
    }

    private static void Hash(byte[] picture)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(picture, digest);
    }

    /// <summary>Bytes that scrubbing a picture allocates once it is warm.</summary>
    private static double Allocated(byte[] picture)
    {
        const int times = 100;
        for (var warm = 0; warm < 5; warm++) PictureScrubber.Scrub(picture).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var k = 0; k < times; k++) PictureScrubber.Scrub(picture).Dispose();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)times;
    }

    /// <summary>Milliseconds of the second check.</summary>
    private static double Check(BenchReport report, string kind, byte[] picture)
    {
        using var clean = PictureScrubber.Scrub(picture);
        var bytes = clean.Bytes;
        var rounds = new Rounds($"{kind}: the second check").Add("check", _ => PictureCheck.Verify(bytes.Span)).Run(report.Quick ? 15 : 60, 5, Longest);
        rounds.Tell(report, bytes.Length);
        return rounds.Median("check");
    }
}
