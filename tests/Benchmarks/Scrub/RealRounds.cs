using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>Real pictures, where some lie beside the project: a row for each kind, over all files of it that are taken.</summary>
internal static class RealRounds
{
    internal static void Measure(BenchReport report)
    {
        foreach (var kind in Taken().GroupBy(file => PictureSniffer.KindOf(file.Bytes), file => file.Bytes))
        {
            byte[][] files = [.. kind];
            var rounds = new Rounds($"real {kind.Key} files, all of them")
                .Add("scrub", _ => Array.ForEach(files, file => PictureScrubber.Scrub(file).Dispose()))
                .Add("scrub and check", _ => Array.ForEach(files, file =>
                {
                    using var clean = PictureScrubber.Scrub(file);
                    PictureCheck.Verify(clean.Bytes.Span);
                }))
                .Run(report.Quick ? 3 : 15, 1, TimeSpan.FromSeconds(report.Quick ? 4 : 30));
            rounds.Tell(report, files.Sum(file => file.Length), _ => new { files = files.Length });
        }
    }

    /// <summary>Files that the scrubber takes; none where there is no such folder.</summary>
    internal static IEnumerable<(string Name, byte[] Bytes)> Taken()
    {
        var folder = Path.Combine(ProductProcess.Root(), "..", "shared", "photos", "real");
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            if (IsTaken(bytes)) yield return (Path.GetFileName(path), bytes);
        }
    }

    private static bool IsTaken(byte[] bytes)
    {
        try
        {
            PictureScrubber.Scrub(bytes).Dispose();
            return true;
        }
        catch (PictureRefused)
        {
            return false;
        }
    }
}
