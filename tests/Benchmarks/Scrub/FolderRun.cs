using System.Diagnostics;
using System.Globalization;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>A folder of mixed files through the command line, in a process of its own: files a second, second check and start included, and peak memory.</summary>
internal static class FolderRun
{
    internal static async Task MeasureAsync(BenchReport report, string folder)
    {
        var files = report.Quick ? 100 : 1_000;
        var from = Directory.CreateDirectory(Path.Combine(folder, "mixed")).FullName;
        var bytes = await FillAsync(from, files);
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [ProductProcess.Program("workers", "PhotoGuard.Workers"), "scrub", from, Path.Combine(folder, "clean"), "--report", Path.Combine(folder, "report")])
        {
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        long peak = 0;
        while (!process.WaitForExit(20)) peak = Math.Max(peak, Peak(process.Id));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.Row(new
        {
            part = "folder",
            files,
            bytes,
            seconds,
            filesPerSecond = files / seconds,
            peakMb = peak / 1e6,
            exit = process.ExitCode,
            cleaned = Directory.GetFiles(Path.Combine(folder, "clean")).Length,
        });
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A folder of {files} mixed files: {files / seconds:0} a second, peak {peak / 1e6:0} MB."));
    }

    /// <summary>Six JPEG, two HEIC, one PNG and one file that is no picture, and so on; bytes of all.</summary>
    private static async Task<long> FillAsync(string folder, int files)
    {
        byte[] jpeg = ScrubInputs.Jpeg(), png = ScrubInputs.Png(), heic = ScrubInputs.HeicTiles() ?? jpeg;
        long bytes = 0;
        for (var k = 0; k < files; k++)
        {
            var (name, content) = (k % 10) switch
            {
                0 or 5 => ("heic", heic),
                3 => ("png", png),
                7 when k % 100 == 7 => ("txt", "Year 4 trip"u8.ToArray()),
                _ => ("jpg", jpeg),
            };
            await File.WriteAllBytesAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{k:0000}.{name}")), content);
            bytes += content.Length;
        }

        return bytes;
    }

    /// <summary>Most bytes that a process has held so far; 0 once it has ended.</summary>
    private static long Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[6..^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
