namespace PhotoGuard.Workers;

/// <summary>
/// The database's clock, as the schedule sees it. Quartz writes down for all nodes when each job runs next, by the clock of the node that
/// ran it last: one node whose own clock is years ahead would keep the jobs from all others for as long (I26).
/// </summary>
public sealed class ScheduleClock : TimeProvider
{
    private long ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref ahead));

    /// <summary>Told every few seconds what the database says.</summary>
    public void Set(DateTimeOffset now) => Volatile.Write(ref ahead, (now - base.GetUtcNow()).Ticks);
}
