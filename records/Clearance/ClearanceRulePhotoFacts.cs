using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Records.Clearance;

/// <summary>Everything that decides where a photo may be seen and when it is destroyed, read in one snapshot.</summary>
public sealed record PhotoFacts
{
    public required Photo Photo { get; init; }

    /// <summary>What the activity was planned for; <c>internal</c> always counts as listed.</summary>
    public required IReadOnlyCollection<Channel> ActivityChannels { get; init; }

    /// <summary>The latest word on the activity; none yet: null.</summary>
    public required Approval? Approval { get; init; }

    public required IReadOnlyCollection<TaggedPupil> Pupils { get; init; }

    /// <summary>The latest word on the photo; none yet: null.</summary>
    public required ScreeningDecision? Screening { get; init; }

    /// <summary>A hold stands, on it or on any of its family; a concern is one from its first commit.</summary>
    public required bool Held { get; init; }

    /// <summary>A store removal is open and not cancelled, or the photo has its tombstone.</summary>
    public required bool BeingRemoved { get; init; }

    /// <summary>The database's now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the last pupil was taken out of it, where that is known; else it counts from <see cref="Photo.ReceivedAt"/>.</summary>
    public DateTimeOffset? UntaggedSince { get; init; }

    /// <summary>The database's clock was moved, and nobody of the school has confirmed it: no wait is over by one clock alone.</summary>
    public ClockDoubt? Doubt { get; init; }

    /// <summary>Whether the time of a cause has come, and nobody can say that it has not.</summary>
    public bool IsOver(Destruction due) => due.NotBefore <= Now && Doubt?.IsOver(due.Since, due.NotBefore) != false;
}

/// <summary>A pupil in a photo.</summary>
/// <param name="Standing">The pupil's standing today.</param>
/// <param name="TaggedAt">When the pupil was named.</param>
public sealed record TaggedPupil(PupilStanding Standing, DateTimeOffset TaggedAt);
