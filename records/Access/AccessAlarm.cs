using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Access;

/// <summary>What is unusual about how somebody looks at records.</summary>
public enum AlarmKind
{
    /// <summary>Very many in a short time.</summary>
    Numbers,

    /// <summary>More than a few at night or on a weekend.</summary>
    Hours,

    /// <summary>Again and again what is not theirs, such as pictures of a class that they no longer teach.</summary>
    Refused,
}

/// <summary>Somebody's looking is to be looked into, by the safeguarding lead or the head. It says how many, never at whom.</summary>
public sealed class AccessAlarm
{
    private const string NotePlace = "access_alarms.note";

    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>Who looked.</summary>
    public Guid StaffId { get; init; }

    public AlarmKind Kind { get; init; }

    /// <summary>Different pictures and pupils, or refused openings, in the fullest window, which began at <see cref="BeganAt"/>.</summary>
    public int Looks { get; init; }

    public DateTimeOffset BeganAt { get; init; }

    /// <summary>The last look that was known when the alarm was raised: later ones are counted for the next.</summary>
    public DateTimeOffset EndedAt { get; init; }
    public DateTimeOffset RaisedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; private set; }
    public Guid? AcknowledgedBy { get; private set; }

    /// <summary>What came of it, under the school's digest key.</summary>
    public SealedText? Note { get; private set; }

    internal void Acknowledge(Guid by, DateTimeOffset at, string note, TextKey key) =>
        (AcknowledgedBy, AcknowledgedAt, Note) = (by, at, key.Seal(note, NotePlace, Id));

    internal void Open(TextKey key) => Note?.Open(key, NotePlace, Id);
}

/// <summary>How far a school's access log has been watched.</summary>
public sealed class AccessWatch
{
    public Guid SchoolId { get; init; }
    public DateTimeOffset WatchedUntil { get; set; }
}

/// <summary>Openings refused to a person within a minute; never which pictures they were.</summary>
public sealed class RefusedLook
{
    public Guid StaffId { get; init; }
    public DateTimeOffset Minute { get; init; }
    public Guid SchoolId { get; init; }
    public int Count { get; init; } = 1;
}
