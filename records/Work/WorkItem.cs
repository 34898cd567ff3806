namespace PhotoGuard.Records.Work;

/// <summary>An obligation, queued. Losing every row loses nothing: sweeps find the same work from records (law 5).</summary>
public sealed class WorkItem
{
    public long Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>Which job, see <see cref="WorkKinds"/>; one row for each kind and subject.</summary>
    public required string Kind { get; init; }

    /// <summary>The photo, redaction or removal order it is about.</summary>
    public Guid Subject { get; init; }

    /// <summary>0: somebody waits for it. 1: only a date asks for it. Of what is due, the lower comes first.</summary>
    public int Precedence { get; set; }

    public DateTimeOffset DueAt { get; set; }
    public int Attempts { get; set; }

    /// <summary>Drawn anew at every claim: whoever holds an older one has lost the work.</summary>
    public long Fence { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }
    public string? LockedBy { get; set; }
    public string? LastError { get; set; }

    /// <summary>Decoders lost with this picture by its own doing; counted through every node and restart.</summary>
    public int Losses { get; set; }

    /// <summary>How a decoder was lost with it last.</summary>
    public LossReason? Loss { get; set; }

    /// <summary>Workers in a row that died or stood still while they had it.</summary>
    public int Crashes { get; set; }

    /// <summary>Set when it was set aside; a person has to look.</summary>
    public DateTimeOffset? StuckAt { get; set; }

    /// <summary>When what is set aside is tried again by itself; null for never.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}

public static class WorkKinds
{
    /// <summary>Make <c>thumb</c> and <c>web</c> of a photo.</summary>
    public const string Render = "render";

    /// <summary>Make <c>print</c> of a photo.</summary>
    public const string RenderPrint = "render-print";

    /// <summary>Make a redacted picture, a photo of its own.</summary>
    public const string Redact = "redact";

    /// <summary>Carry out a removal order on our own store.</summary>
    public const string Remove = "remove";

    /// <summary>Whose subject is a photo; they go with it.</summary>
    public static readonly string[] OfPhotos = [Render, RenderPrint, Redact];
}
