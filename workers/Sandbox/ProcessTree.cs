using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>What a child and bubblewrap's own two processes use together.</summary>
internal readonly record struct ProcessUsage(long ResidentBytes, TimeSpan Cpu, int Threads);

/// <summary>What a child uses, read from /proc (proc(5)).</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100;

    /// <summary>Children included; zero where the process is gone.</summary>
    public static ProcessUsage Usage(int processId)
    {
        var (resident, ticks, threads) = (0L, 0L, 0L);
        foreach (var id in Of(processId))
        {
            if (Read($"/proc/{id}/stat") is not { } stat)
                continue;
            // The name may hold spaces and brackets; what follows the last bracket does not.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            ticks += Number(fields[11]) + Number(fields[12]);
            threads += Number(fields[17]);
            resident += Number(fields[21]) * Environment.SystemPageSize;
        }
        return new(resident, TimeSpan.FromSeconds((double)ticks / TicksPerSecond), (int)threads);
    }

    /// <summary>The most that any of its processes ever held; zero where they are gone.</summary>
    public static long PeakBytes(int processId) => Of(processId).Max(id =>
        Read($"/proc/{id}/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
            ? Number(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]) * 1024
            : 0);

    /// <summary>
    /// Kills it and what it started, at once. (Process.Kill of a whole tree reads every thread of the machine first, which against
    /// a program that goes on starting threads comes to no end.)
    /// </summary>
    public static void Kill(int processId)
    {
        // The inner ones first: the end of the first process of a namespace is the end of all in it.
        foreach (var id in Of(processId).AsEnumerable().Reverse())
            KillOne(id);
    }

    /// <summary>
    /// Kills whoever else has one of our pipes as its input, output or errors. Where bubblewrap is killed in the moment between starting
    /// its inner process and telling it to end with the outer one, the inner one is nobody's child any more, and waits for ever.
    /// </summary>
    /// <param name="descriptors">Of ours.</param>
    public static void KillHoldersOf(params IEnumerable<int> descriptors)
    {
        var pipes = descriptors.Select(number => LinkTarget($"/proc/self/fd/{number}")).OfType<string>().ToHashSet();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId
                && Enumerable.Range(0, 3).Any(number => LinkTarget($"{folder}/fd/{number}") is { } target && pipes.Contains(target)))
                KillOne(id);
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or another user's.
            return null;
        }
    }

    private static void KillOne(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself, or with the one before.
        }
    }

    /// <summary>The process and those below it. Neither bubblewrap nor its program, to which it is forbidden, starts them from a
    /// thread other than the first.</summary>
    private static List<int> Of(int processId)
    {
        var all = new List<int> { processId };
        for (var nth = 0; nth < all.Count; nth++)
        {
            var children = Read($"/proc/{all[nth]}/task/{all[nth]}/children") ?? "";
            all.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => (int)Number(id)));
        }
        return all;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone between listing and reading.
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
