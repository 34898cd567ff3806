namespace PhotoGuard.Records.Retention;

/// <summary>Records that are kept for a number of years.</summary>
public enum RecordKind
{
    /// <summary>Answers that their person has replaced by another, with their invalidations.</summary>
    Consents,

    /// <summary>Guardians of pupils who left.</summary>
    Guardians,

    /// <summary>Pupils who left and are in no picture any more, with all that is known of them.</summary>
    Pupils,

    /// <summary>Who opened which picture and who signed in.</summary>
    AccessLog,

    /// <summary>Publications, removals and the certificate of a destroyed photo.</summary>
    Disclosures,

    /// <summary>The rest of the audit.</summary>
    Audit,
}

/// <summary>A night's run over the records of one school: how many rows of each kind it has deleted.</summary>
public sealed class LifetimeRun
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>The school's date; a night has one run.</summary>
    public DateOnly Night { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it lasts. One that was cut short goes on at the next look.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public int Consents { get; init; }
    public int Guardians { get; init; }

    /// <summary>Counted by their erasure.</summary>
    public int Pupils { get; init; }

    public int AccessLog { get; init; }
    public int Disclosures { get; init; }
    public int Audit { get; init; }
}
