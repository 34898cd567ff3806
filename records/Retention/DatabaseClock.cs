namespace PhotoGuard.Records.Retention;

/// <summary>The last note of the database's clock; one row, none before the first worker (docs/decisions/0017).</summary>
public sealed class NotedClock
{
    public bool One { get; init; } = true;

    /// <summary>What time it was if nobody moved the clock. Never goes back.</summary>
    public DateTimeOffset TrustedAt { get; set; }

    /// <summary>What the database's clock said.</summary>
    public DateTimeOffset NotedAt { get; set; }

    public required string NotedBy { get; set; }

    /// <summary>Which start of which machine noted it, and how long that had been up, seconds.</summary>
    public required string Boot { get; set; }

    public double BootSeconds { get; set; }

    /// <summary>How often people have confirmed the clock: what a process remembers of the time before is void.</summary>
    public int Confirmed { get; set; }
}

public enum JumpEnding
{
    /// <summary>The clock was put right again.</summary>
    Mended,

    /// <summary>It jumped once more.</summary>
    Replaced,

    /// <summary>Two people of every school said that the clock is right now.</summary>
    Confirmed,
}

/// <summary>The database's clock was moved by more than an hour while somebody could tell.</summary>
public sealed class ClockJump
{
    public long Id { get; init; }
    public required string NoticedBy { get; init; }

    /// <summary>What time it should have been.</summary>
    public DateTimeOffset FromAt { get; init; }

    /// <summary>What the database's clock said.</summary>
    public DateTimeOffset ToAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }
    public JumpEnding? Ending { get; set; }
}

/// <summary>
/// The clock was moved, and two people of the school have not confirmed it: nothing is destroyed because its time has come by one
/// clock and not by the other.
/// </summary>
/// <param name="Later">The later of what it should have been and what it said when the jump was noticed.</param>
/// <param name="Certain">What time it is at least, by both clocks.</param>
public sealed record ClockDoubt(DateTimeOffset Later, DateTimeOffset Certain)
{
    /// <summary>Whether a wait is over all the same.</summary>
    /// <param name="since">When it began, by the database's clock.</param>
    /// <param name="until">When it ends.</param>
    public bool IsOver(DateTimeOffset since, DateTimeOffset until) =>
        // Nothing was waited for; or all of it lies behind the jump; or before it.
        until <= since || since >= Later || until <= Certain;
}

/// <summary>Time as the database tells it, and whether that can be believed.</summary>
/// <param name="Now">Never earlier than it has been.</param>
/// <param name="Said">What its clock says.</param>
/// <param name="Doubt">Null while nobody has moved the clock.</param>
public sealed record ClockReading(DateTimeOffset Now, DateTimeOffset Said, ClockDoubt? Doubt);
