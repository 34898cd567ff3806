namespace PhotoGuard.Records.Removal;

/// <summary>How far a removal came. Only <see cref="Done"/> ends it.</summary>
public enum RemovalOutcome
{
    Done,

    /// <summary>Cancelled, or done before.</summary>
    NothingToDo,

    /// <summary>A hold beats every deletion.</summary>
    Held,

    /// <summary>The wait that a rule names is not over.</summary>
    TooEarly,

    /// <summary>A writer may still be at work on the photo; its time ends within a minute.</summary>
    WritersLeft,

    /// <summary>Something did not do what it should; tried again for ever.</summary>
    Failed,
}

/// <summary>How one order of a batch ended.</summary>
/// <param name="Error">Why it failed; null of every other outcome.</param>
public sealed record RemovalEnd(RemovalOutcome Outcome, Exception? Error = null);
