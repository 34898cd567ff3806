namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>
/// <c>scrub</c>: what cleaning a picture costs, in memory beside copying and hashing the same bytes, and from file to file beside the
/// programs that people use; always without the second check, which is timed apart.
/// </summary>
public static class ScrubBench
{
    public static async Task MeasureAsync(BenchReport report)
    {
        var jpeg = ScrubInputs.Jpeg();
        MemoryRounds.Jpeg(report, jpeg);
        MemoryRounds.Png(report, ScrubInputs.Png());
        if (ScrubInputs.HeicTiles() is { } tiles && ScrubInputs.HeicWhole() is { } whole) MemoryRounds.Heic(report, tiles, whole);
        else Console.Error.WriteLine("Left out: heic (libvips finds no HEVC coder).");
        if (ScrubInputs.Webp() is { } webp) MemoryRounds.Webp(report, webp);
        else Console.Error.WriteLine("Left out: webp (libvips finds no coder).");
        RealRounds.Measure(report);

        var folder = Directory.CreateTempSubdirectory("photoguard-bench-").FullName;
        try
        {
            var files = new FileRounds(report, folder);
            files.Copying(jpeg);
            files.Staying(jpeg);
            files.Processes(ScrubInputs.BareJpeg());
            await FolderRun.MeasureAsync(report, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
