using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>What the measurement's own PostgreSQL has computed: on shared cores it says more than a clock.</summary>
public static class DatabaseTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor time, user and system, of all of its processes so far, those that have ended included.</summary>
    public static async Task<TimeSpan> SpentAsync(BenchService service)
    {
        await using var ask = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select pg_backend_pid()");
        var postmaster = Fields($"/proc/{(int)(await ask.ExecuteScalarAsync())!}")![1];
        var own = Directory.GetDirectories("/proc", "*").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Select(Fields)
            .Where(fields => fields is not null && fields[1] == postmaster).Sum(fields => Ticks(fields!, 11, 13));
        return TimeSpan.FromSeconds((own + Ticks(Fields($"/proc/{postmaster}")!, 11, 15)) / TicksPerSecond);
    }

    /// <summary>Of <c>stat</c>, from the state on; null where the process has ended.</summary>
    private static string[]? Fields(string folder)
    {
        try
        {
            var line = File.ReadAllText(Path.Combine(folder, "stat"));
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Ticks(string[] fields, int from, int to) => fields[from..to].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture));
}
