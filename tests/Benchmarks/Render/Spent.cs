using System.Globalization;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>What processes have used, from /proc (proc(5)).</summary>
internal static class Spent
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds of this process, and of all that it started and waited for or that are still there.</summary>
    internal static double Cpu() => Cpu([Environment.ProcessId, .. Below()]);

    /// <summary>Processor seconds of this process and of the decoders that it started.</summary>
    internal static double CpuWithDecoders() => Cpu([Environment.ProcessId, .. Decoders()]);

    /// <summary>The most resident memory, in MB, that any decoder still there ever had.</summary>
    internal static double DecoderPeak() => Decoders().Select(Peak).DefaultIfEmpty().Max();

    /// <summary>Resident memory now, in MB, of the largest decoder.</summary>
    internal static double DecoderResident() => Decoders().Select(id => Status(id, "VmRSS:")).DefaultIfEmpty().Max();

    /// <summary>The most resident memory, in MB, that a process has had so far; 0 where it is gone.</summary>
    internal static double Peak(int process) => Status(process, "VmHWM:");

    private static double Cpu(IEnumerable<int> processes) => processes.Select(Fields).Sum(fields =>
        fields?[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) ?? 0) / TicksPerSecond;

    /// <summary>The sandbox's own processes and the child in it.</summary>
    private static IEnumerable<int> Decoders() => Below().Where(id => Read(id, "cmdline").Contains("decode-child", StringComparison.Ordinal));

    private static IEnumerable<int> Below()
    {
        List<int> tree = [Environment.ProcessId];
        for (var at = 0; at < tree.Count; at++)
        {
            foreach (var task in Tasks(tree[at]))
                tree.AddRange(Read(tree[at], $"task/{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
        }
        return tree.Skip(1);
    }

    private static IEnumerable<string> Tasks(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task").Select(task => Path.GetFileName(task)!)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string[]? Fields(int process)
    {
        // The name in parentheses may hold anything; user and system are the 12th and 13th behind it.
        var line = Read(process, "stat");
        return line.Length == 0 ? null : line[(line.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double Status(int process, string field)
    {
        var line = Read(process, "status").Split('\n').FirstOrDefault(one => one.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Empty where the process is gone.</summary>
    private static string Read(int process, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{what}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
