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
        var left = new Stack<int>([processId]);
        while (left.TryPop(out var id))
        {
            try
            {
                // The name may hold spaces and brackets; what follows the last bracket does not.
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += Number(fields[11]) + Number(fields[12]);
                threads += Number(fields[17]);
                resident += Number(fields[21]) * Environment.SystemPageSize;
                foreach (var child in File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' '))
                {
                    if (child.Length > 0)
                        left.Push((int)Number(child));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone between listing and reading.
            }
        }
        return new(resident, TimeSpan.FromSeconds((double)ticks / TicksPerSecond), (int)threads);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
