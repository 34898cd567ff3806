using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;

namespace PhotoGuard.Records.Clearance;

/// <summary>A photo as it stands now: the facts, and what the rules say of them. Never stored (law 2).</summary>
/// <param name="Facts">What the rules were told.</param>
/// <param name="Destruction">Which cause but <c>deleteAfter</c> destroys it and when, if one does.</param>
/// <param name="HiddenByInternalNo">Hidden from everyone but a screener.</param>
/// <param name="Order">The order that destroys it, once there is one.</param>
/// <param name="Pupils">Who is in it.</param>
/// <param name="Concerns">What was reported, of it or of any of its family, and is still held for.</param>
public sealed record PhotoStanding(
    PhotoFacts Facts,
    Activity Activity,
    Destruction? Destruction,
    bool HiddenByInternalNo,
    RemovalOrder? Order,
    IReadOnlyList<Pupil> Pupils,
    IReadOnlyCollection<ConcernKind> Concerns,
    DateOnly Today)
{
    public Photo Photo => Facts.Photo;

    /// <summary>The database's now, at which this was read.</summary>
    public DateTimeOffset Now => Facts.Now;

    /// <summary>Where it may be seen, and if not, why.</summary>
    public IReadOnlyDictionary<Channel, ChannelClearance> Clearance => field ??= ClearanceRule.Of(Facts);

    /// <summary>Whether it may be seen there; without the reasons, which cost most of it.</summary>
    public bool IsCleared(Channel channel) => ClearanceRule.IsCleared(Facts, channel);
}
