using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Consent;

public enum Answer
{
    Given,
    Refused,

    /// <summary>UK GDPR Art 7(3).</summary>
    Withdrawn,

    /// <summary>UK GDPR Art 21.</summary>
    Objected,
}

/// <summary>Who answered.</summary>
public enum AnswererKind
{
    Guardian,
    Pupil,
}

/// <summary>How the answer reached the school.</summary>
public enum AnswerRoute
{
    Paper,
    Online,
    Email,
    Phone,

    /// <summary>Taken over from the school's management information system.</summary>
    Mis,
}

/// <summary>What one person answered for one pupil and one channel. Never edited; recorded in error, it is invalidated.</summary>
public sealed class ConsentAnswer
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PupilId { get; init; }
    public Channel Channel { get; init; }
    public Answer Answer { get; init; }
    public AnswererKind ByKind { get; init; }

    /// <summary>The person's name as it was then, under the pupil's key.</summary>
    public required SealedText ByName { get; init; }

    public string? GuardianId { get; init; }
    public AnswerRoute Route { get; init; }

    /// <summary>Which wording the person was shown.</summary>
    public required string NoticeVersion { get; init; }

    /// <summary>When the person answered; orders answers, never in the future.</summary>
    public DateTimeOffset AnsweredAt { get; init; }

    /// <summary>Last day the answer is valid; none means no end.</summary>
    public DateOnly? ExpiresOn { get; init; }

    /// <summary>When the school recorded it.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    public Guid RecordedBy { get; init; }

    /// <summary>Set where the answer was recorded in error: it stays readable and no longer counts.</summary>
    public ConsentInvalidation? Invalidation { get; init; }

    /// <summary>A no: refused, withdrawn or objected.</summary>
    public bool IsNo => Answer != Answer.Given;

    internal static SealedText Sealed(string name, TextKey key, Guid id) => key.Seal(name, "consent_answers.by_name", id);

    internal void Open(TextKey? key)
    {
        ByName.Open(key, "consent_answers.by_name", Id);
        Invalidation?.Reason.Open(key, ConsentInvalidation.ReasonPlace, Id);
    }
}

/// <summary>An answer was recorded in error.</summary>
public sealed class ConsentInvalidation
{
    internal const string ReasonPlace = "consent_invalidations.reason";

    public Guid AnswerId { get; init; }
    public Guid SchoolId { get; init; }
    /// <summary>Under the pupil's key.</summary>
    public required SealedText Reason { get; init; }

    public DateTimeOffset InvalidatedAt { get; init; }
    public Guid InvalidatedBy { get; init; }
}
