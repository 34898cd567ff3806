using System.Diagnostics;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>Programs that are started for each picture, as scripts do.</summary>
internal static class ProgramPeers
{
    private const string Jpeg = "[Q=80,optimize_coding,strip]";

    /// <summary>What is installed and takes such a picture.</summary>
    internal static IEnumerable<Peer> For(RenderInput input, string folder)
    {
        string web = Path.Combine(folder, "web.jpg"), thumb = Path.Combine(folder, "thumb.jpg"), whole = Path.Combine(folder, "whole.jpg");
        string[] Thumbnail(string from, int side, string to) => ["vipsthumbnail", from, "-s", $"{side}x{side}>", "--eprofile", "srgb", "-o", to + Jpeg];

        var heic = input.Name == "heic";
        if (Scrub.Programs.Has("vipsthumbnail") && (!heic || Scrub.Programs.Has("heif-convert")))
        {
            // The cheapest way: the small one from the large one.
            yield return heic
                ? Of("heif-convert and vipsthumbnail", path => [["heif-convert", "-q", "95", path, whole], Thumbnail(whole, 2048, web), Thumbnail(web, 512, thumb)])
                : Of("vipsthumbnail", path => [Thumbnail(path, 2048, web), Thumbnail(web, 512, thumb)]);
        }
        if (Scrub.Programs.Has("convert") && !heic)
        {
            yield return Of("ImageMagick", path =>
                [["convert", path, "-auto-orient", "-strip", "-quality", "80", "-resize", "2048x2048>", "-write", web, "-resize", "512x512>", thumb]]);
        }
    }

    private static Peer Of(string name, Func<string, string[][]> commands) => new(name, (_, path) => Task.Run(() =>
    {
        var (cpu, started, peak) = (Spent.Cpu(), Stopwatch.GetTimestamp(), 0.0);
        foreach (var command in commands(path))
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            while (!process.WaitForExit(20)) peak = Math.Max(peak, Spent.Peak(process.Id));
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{name} gave up with {process.ExitCode}.");
        }
        var wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return ((Spent.Cpu() - cpu) * 1000, wall, peak);
    }));
}
