using System.Diagnostics;
using System.Text.Json;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Workers.Cli;

/// <summary>Cleans a file or a folder on all cores. What is refused is never written.</summary>
internal static class ScrubRun
{
    /// <summary>Exit 0: all cleaned; 2: one or more refused; 1: could not run.</summary>
    public static async Task<int> RunAsync(string from, string to, string? report, CancellationToken cancel)
    {
        var whole = Directory.Exists(from);
        if (!whole && !File.Exists(from))
        {
            await Console.Error.WriteLineAsync($"There is no file or folder {from}.");
            return 1;
        }
        var (root, target) = (Path.GetFullPath(whole ? from : Path.GetDirectoryName(Path.GetFullPath(from))!), Path.GetFullPath(to));
        if (whole && (target + "/").StartsWith(root + "/", StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync("The folder for the clean pictures cannot lie inside the folder they come from.");
            return 1;
        }
        var files = whole ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories) : [Path.GetFullPath(from)];
        await using var lines = report is null ? null : new StreamWriter(report);
        using var gate = new SemaphoreSlim(1, 1);
        var (done, refused) = (0, 0);
        await Parallel.ForEachAsync(files, cancel, async (file, token) =>
        {
            var relative = Path.GetRelativePath(root, file);
            var line = One(file, whole ? Path.Combine(target, relative) : target, relative);
            await gate.WaitAsync(token);
            try
            {
                done++;
                if (line.Outcome == "refused") refused++;
                if (lines is not null) await lines.WriteLineAsync(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
                if (line.Outcome == "refused") await Console.Error.WriteLineAsync($"refused {relative}: {line.Reason}");
                else if (!Console.IsErrorRedirected) await Console.Error.WriteAsync($"\r{done} done, {refused} refused");
            }
            finally
            {
                gate.Release();
            }
        });
        if (!Console.IsErrorRedirected) await Console.Error.WriteLineAsync();
        await Console.Error.WriteLineAsync($"{done - refused} cleaned, {refused} refused");
        return refused > 0 ? 2 : 0;
    }

    private static ReportLine One(string file, string target, string relative)
    {
        var clock = Stopwatch.StartNew();
        string? kind = null;
        try
        {
            using var original = PictureFile.Read(file);
            kind = PictureSniffer.KindOf(original.Bytes.Span).ToString().ToLowerInvariant();
            using var clean = PictureScrubber.Scrub(original.Bytes);
            PictureCheck.Verify(clean.Bytes.Span);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            PictureFile.Write(target, clean.Bytes.Span);
            return new(relative, "cleaned", kind, null, [.. clean.Removed.Select(item => item.Code)], original.Bytes.Length, clean.Bytes.Length,
                clock.Elapsed.TotalMilliseconds);
        }
        catch (PictureRefused refused)
        {
            return new(relative, "refused", kind, $"{refused.Type}: {refused.Sentence}", [], new FileInfo(file).Length, 0, clock.Elapsed.TotalMilliseconds);
        }
    }

    private sealed record ReportLine(
        string File, string Outcome, string? Kind, string? Reason, IReadOnlyList<string> Removed, long BytesIn, long BytesOut, double Ms);
}
