namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>How a flow is stopped.</summary>
public enum Stop
{
    /// <summary>One call fails; the flow may clear up after itself.</summary>
    Once,

    /// <summary>Every call fails from there on, as if the process had died: nothing more reaches any store.</summary>
    FromThereOn,

    /// <summary><c>kill -9</c> of the process itself.</summary>
    Kill,

    /// <summary>Nothing fails: the flow stands still while something else happens, and goes on.</summary>
    Pause,
}

/// <summary>
/// Where a flow reaches out: before and after each command and commit of the records, each command of the key store and each call of
/// the blob store. Every one is a point at which a run can be stopped. A point is named by what happens there and how often it has
/// happened, so that it is found again where two things run side by side.
/// </summary>
public sealed class Seams
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> passed = [];
    private readonly List<string> points = [];
    private bool watching;
    private bool stopped;
    private string? stopAt;
    private int stopAtNth;
    private Stop how;
    private Action? meanwhile;

    /// <summary>Whether the run came to the point where it was to be stopped.</summary>
    public bool Stopped
    {
        get
        {
            lock (gate) return stopped;
        }
    }

    /// <summary>Begins a run. It is stopped at <paramref name="point"/>, or nowhere.</summary>
    public void Watch(string? point = null, Stop stop = Stop.Once)
    {
        lock (gate)
        {
            passed.Clear();
            points.Clear();
            (watching, stopped, stopAt, stopAtNth, how) = (true, false, point, 0, stop);
        }
    }

    /// <summary>Begins a run that stands still at its nth point, counted from 1, while this happens.</summary>
    public void PauseAtNth(int nth, Action then)
    {
        WatchNth(nth, Stop.Pause);
        lock (gate) meanwhile = then;
    }

    /// <summary>Begins a run. It is stopped at its nth point, counted from 1, or nowhere where it has fewer.</summary>
    public void WatchNth(int nth, Stop stop)
    {
        Watch(null, stop);
        lock (gate) stopAtNth = nth;
    }

    /// <summary>Ends the run.</summary>
    /// <returns>The points it passed, in order.</returns>
    public IReadOnlyList<string> Rest()
    {
        lock (gate)
        {
            watching = false;
            return [.. points];
        }
    }

    /// <summary>The run is at this point.</summary>
    /// <param name="fault">What the real part would throw.</param>
    public void Pass(string what, Func<Exception> fault)
    {
        Action? then = null;
        lock (gate)
        {
            if (!watching) return;
            var point = $"{what} ({passed[what] = passed.GetValueOrDefault(what) + 1})";
            points.Add(point);
            if ((point == stopAt || points.Count == stopAtNth) && !stopped)
            {
                stopped = true;
                if (how == Stop.Kill) Die();
                if (how == Stop.Pause) then = meanwhile;
            }
            else if (!stopped || how is Stop.Once or Stop.Pause)
            {
                return;
            }
        }

        if (then is null) throw fault();
        then();
    }

    private static void Die()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
