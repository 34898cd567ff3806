using System.Diagnostics;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>
/// Things timed in turn, each once a round, so that a machine that becomes slower does so for all of them. The order changes from round
/// to round. What is compared is the ratio within each round.
/// </summary>
public sealed class Rounds(string of)
{
    private readonly List<(string Name, Action<int> Work, Action? After, int Times, List<double> Took)> parts = [];
    private int turn;

    /// <param name="name">For the rows.</param>
    /// <param name="work">Gets a number that counts up over all parts, so that each can take other bytes than the one before it.</param>
    /// <param name="after">Clears up; not timed.</param>
    /// <param name="times">How often in a row; a sample is the mean of these.</param>
    public Rounds Add(string name, Action<int> work, Action? after = null, int times = 1)
    {
        parts.Add((name, work, after, times, []));
        return this;
    }

    /// <summary>Times so many rounds, fewer where the time is over, behind some that are not counted.</summary>
    public Rounds Run(int rounds, int warmUp, TimeSpan longest)
    {
        var limit = Stopwatch.StartNew();
        for (var round = -warmUp; round < rounds && (round < 1 || limit.Elapsed < longest); round++)
        {
            for (var k = 0; k < parts.Count; k++)
            {
                // Turned and mirrored, for what ran before decides what is in the caches.
                var place = ((round & 1) == 0 ? k : parts.Count - 1 - k) + (round + warmUp) / 2;
                var (_, work, after, times, took) = parts[place % parts.Count];
                var started = Stopwatch.GetTimestamp();
                for (var time = 0; time < times; time++) work(turn++);
                if (round >= 0) took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds / times);
                after?.Invoke();
            }
        }

        return this;
    }

    /// <summary>Milliseconds.</summary>
    public double Median(string name) => Median(Took(name));

    /// <summary>How many times as long as the other it takes.</summary>
    public double Ratio(string name, string other) => Median(Took(name).Zip(Took(other), (one, two) => one / two));

    /// <summary>A row for each part, with all its samples.</summary>
    public void Tell(BenchReport report, int bytes, Func<string, object?>? about = null)
    {
        foreach (var (name, _, _, _, took) in parts)
        {
            var median = Median(took);
            report.Row(new
            {
                part = of,
                name,
                bytes,
                medianMs = median,
                gigabytesPerSecond = bytes / median / 1e6,
                timesTheFirst = Ratio(name, parts[0].Name),
                about = about?.Invoke(name),
                ms = took,
            });
        }
    }

    private List<double> Took(string name) => parts.Single(part => part.Name == name).Took;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
