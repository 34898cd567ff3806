using System.Diagnostics;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Benchmarks.ScrubFuzz;

/// <summary>Runs inputs on a thread a core, and watches the threads.</summary>
internal sealed class FuzzRun(Func<long, FuzzInput> inputOf, long most, TimeSpan longest)
{
    private const int HangMs = 2_000, BeatMs = 100;

    private readonly Lock gate = new();
    private readonly Stopwatch clock = new();
    private long next;
    private volatile int beats;

    /// <summary>Crashes, hangs and check failures, for the rows.</summary>
    internal List<FuzzFinding> Found { get; } = [];

    internal long Inputs { get; private set; }

    internal long Cleaned { get; private set; }

    /// <summary>How many were refused, by type.</summary>
    internal SortedDictionary<string, long> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Milliseconds that the slowest input took.</summary>
    internal double LongestMs { get; private set; }

    internal void Work()
    {
        clock.Start();
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Start()).ToList();
        // Beats are counted instead of time, for a machine that stood still is no hang.
        for (; workers.Exists(worker => worker.Busy); Thread.Sleep(BeatMs), beats++)
        {
            foreach (var stuck in workers.FindAll(worker => worker.Busy && beats - worker.Since > 5 * HangMs / BeatMs))
            {
                // It never comes back: it is left behind, and another one goes on.
                workers.Remove(stuck);
                workers.Add(Start());
                lock (gate) Found.Add(new("hang", inputOf(stuck.Number), "did not end"));
            }
        }
    }

    private Worker Start()
    {
        var worker = new Worker { Since = beats };
        new Thread(() =>
        {
            while (clock.Elapsed < longest && (worker.Number = Interlocked.Increment(ref next) - 1) < most)
            {
                worker.Since = beats;
                Try(inputOf(worker.Number));
            }

            worker.Busy = false;
        }) { IsBackground = true }.Start();
        return worker;
    }

    private void Try(FuzzInput input)
    {
        var (took, end, what) = Once(input);
        // A pause of the machine does not come twice at the same input.
        var hang = took > HangMs && Once(input).Ms is > HangMs;
        lock (gate)
        {
            Inputs++;
            LongestMs = Math.Max(LongestMs, took);
            if (end == "cleaned") Cleaned++;
            else if (end == "crash" || end == "picture-check-failed") Found.Add(new(end == "crash" ? end : "check-failure", input, what));
            else Refused[end] = Refused.GetValueOrDefault(end) + 1;
            if (hang) Found.Add(new("hang", input, $"took {took:0} ms"));
        }
    }

    /// <summary>How long it took, and "cleaned", "crash" or a refusal's type.</summary>
    private static (double Ms, string End, string What) Once(FuzzInput input)
    {
        var started = Stopwatch.GetTimestamp();
        var (end, what) = ("cleaned", "");
        try
        {
            PictureReading.Read(input.File, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);
            using var clean = PictureScrubber.Scrub(input.File);
            PictureCheck.Verify(clean.Bytes.Span);
        }
        catch (PictureRefused refused)
        {
            (end, what) = (refused.Type, refused.Sentence);
        }
#pragma warning disable CA1031 // Any exception is what is looked for here.
        catch (Exception crash)
#pragma warning restore CA1031
        {
            (end, what) = ("crash", crash.ToString());
        }

        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, end, what);
    }

    private sealed class Worker
    {
        internal volatile bool Busy = true;
        internal volatile int Since;
        internal long Number;
    }
}

/// <param name="Kind">crash, hang or check-failure.</param>
internal sealed record FuzzFinding(string Kind, FuzzInput Input, string What);
