using System.Globalization;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>What a child uses, read from /proc (proc(5)); bubblewrap's own two processes are counted with it.</summary>
internal static class ProcessTree
{
    private const int PageBytes = 4096;
    private const int TicksPerSecond = 100;

    /// <summary>Resident bytes and processor time, children included; zero where the process is gone.</summary>
    public static (long ResidentBytes, TimeSpan Cpu) Usage(int processId)
    {
        var (resident, ticks) = (0L, 0L);
        var left = new Stack<int>([processId]);
        while (left.TryPop(out var id))
        {
            try
            {
                // The name may hold spaces and brackets; what follows the last bracket does not.
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += Number(fields[11]) + Number(fields[12]);
                resident += Number(fields[21]) * PageBytes;
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
        return (resident, TimeSpan.FromSeconds((double)ticks / TicksPerSecond));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
