namespace PhotoGuard.Records.Photos;

/// <summary>What the last look over the whole store and all keys found; there is one.</summary>
public sealed class SweepNote
{
    public bool One { get; init; } = true;
    public DateTimeOffset At { get; init; }

    /// <summary>Objects that belonged to nobody.</summary>
    public int Objects { get; init; }

    /// <summary>Keys that belonged to nobody.</summary>
    public int Keys { get; init; }

    /// <summary>Objects that are registered and not in the store.</summary>
    public int Missing { get; init; }

    /// <summary>Files in the store that are no objects of ours, or could not be deleted.</summary>
    public int Strange { get; init; }

    /// <summary>Objects and keys were left alone, since they were too many; else they are gone.</summary>
    public bool Stopped { get; init; }
}
