using System.Collections.Immutable;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Tests.Models;

/// <summary>Who answers for a pupil.</summary>
internal enum Who
{
    Mother,
    Father,
    Self,
}

/// <summary>When something happened in the model: a day counted from the beginning, and the step.</summary>
internal readonly record struct Moment(int Day, int Step);

/// <param name="LastDay">The last day on which it is valid; null for no end.</param>
internal sealed record ModelAnswer(Channel Channel, Who Who, bool Yes, Moment At, int? LastDay);

/// <param name="Teenager">Old enough to be asked.</param>
internal sealed record ModelPupil(bool Teenager)
{
    public ImmutableList<ModelAnswer> Answers { get; init; } = [];
    public bool Blocked { get; init; }
    public bool Left { get; init; }
    public bool Erased { get; init; }

    /// <summary>policies.md, Standing, in the words of the policy: nobody's last word is no, and who is needed said yes, not run out.</summary>
    public bool Stands(Channel channel, int day)
    {
        var last = Answers.Where(answer => answer.Channel == channel).GroupBy(answer => answer.Who).Select(group => group.Last()).ToList();
        var publicity = channel != Channel.Internal;
        return !Blocked && !(publicity && Left)
            && last.TrueForAll(answer => answer.Yes)
            && last.Exists(answer => answer.Who != Who.Self && !(answer.LastDay < day))
            && (!(publicity && Teenager) || last.Exists(answer => answer.Who == Who.Self && !(answer.LastDay < day)));
    }

    /// <summary>Every no on internal since its person's last yes.</summary>
    public IEnumerable<ModelAnswer> NoesToInternal => Answers.Where(answer => answer is { Channel: Channel.Internal, Yes: false }
        && !Answers.Exists(later => later.Channel == Channel.Internal && later.Who == answer.Who && later.Yes && later.At.Step > answer.At.Step));

    public bool EverAllowed => Answers.Exists(answer => answer is { Channel: Channel.Internal, Yes: true } && answer.Who != Who.Self);
}

/// <param name="AskedBy">Who asked first for its release.</param>
internal sealed record ModelHold(Guid Id, Guid? AskedBy, Guid? ReleasedBy);

/// <param name="Down">Somebody said that it was taken down.</param>
internal sealed record ModelCopy(Guid Id, Channel Channel, bool Down);

/// <summary>The photo is on its way out, not before that day.</summary>
internal sealed record ModelOrder(RemovalCause Cause, int NotBefore);

internal sealed record ModelPhoto(Guid Id, int Picture, int ReceivedOn, DateTimeOffset DeleteAfter)
{
    public ImmutableDictionary<int, Moment> Tags { get; init; } = ImmutableDictionary<int, Moment>.Empty;
    public bool NobodyElse { get; init; }
    public int? UntaggedOn { get; init; }
    public ScreeningState Screening { get; init; } = ScreeningState.Pending;
    public int ScreenedOn { get; init; }
    public ImmutableList<ModelHold> Holds { get; init; } = [];
    public ImmutableList<ModelCopy> Copies { get; init; } = [];
    public ModelOrder? Order { get; init; }
    public bool Tombstoned { get; init; }

    /// <summary>Certified.</summary>
    public bool Gone { get; init; }

    public bool Held => Holds.Exists(hold => hold.ReleasedBy is null);
}

internal sealed record ModelPurge(Guid Id, bool Stopped, Guid? FirstBy);

/// <summary>
/// What a school's records ought to be, in the plainest words: a second statement of policies.md that shares no line with the product.
/// The clock counts days, since all that a rule waits for is days; instants appear only where the product stores one that must not change.
/// </summary>
internal sealed record ModelSchool(int RescueDays)
{
    private const int TagDays = 7, UntaggedDays = 28;

    public Moment Now { get; init; }
    public ImmutableList<ModelPupil> Pupils { get; init; } = [];
    public ImmutableList<ModelPhoto> Photos { get; init; } = [];
    public ImmutableList<ModelPurge> Purges { get; init; } = [];
    public bool Approved { get; init; } = true;

    public static IReadOnlyList<Channel> ActivityChannels { get; } = [Channel.Internal, Channel.Website, Channel.Display];

    public bool IsCleared(ModelPhoto photo, Channel channel, DateTimeOffset now) =>
        !photo.Tombstoned && photo.Order is null && !photo.Held && photo.DeleteAfter > now
        && photo.Screening == ScreeningState.Accepted && photo.NobodyElse && Approved && ActivityChannels.Contains(channel)
        && photo.Tags.Keys.All(pupil => Pupils[pupil].Stands(Channel.Internal, Now.Day) && Pupils[pupil].Stands(channel, Now.Day));

    /// <summary>A teacher who uploaded it looks at it in school, which asks for no consent but no's.</summary>
    public bool IsSeenByUploader(ModelPhoto photo, DateTimeOffset now) =>
        !photo.Tombstoned && photo.Order is null && !photo.Held && photo.DeleteAfter > now && !NoesAfterTag(photo).Any();

    /// <summary>Every cause but age that destroys the photo, and the first day on which it may (policies.md, Holding).</summary>
    public IEnumerable<ModelOrder> Causes(ModelPhoto photo)
    {
        if (photo.Held || photo.Tombstoned) yield break;
        foreach (var no in NoesAfterTag(photo))
            yield return new(RemovalCause.InternalNo, no.At.Day + (photo.Tags.Count > 1 || !photo.NobodyElse ? RescueDays : 0));
        foreach (var (pupil, tagged) in photo.Tags)
        {
            foreach (var no in Pupils[pupil].NoesToInternal.Where(no => no.At.Step < tagged.Step))
                yield return new(RemovalCause.TagTimeout, Math.Max(no.At.Day, tagged.Day) + TagDays);
            if (!Pupils[pupil].EverAllowed) yield return new(RemovalCause.TagTimeout, tagged.Day + TagDays);
        }
        if (photo.Tags.IsEmpty && !photo.NobodyElse)
            yield return new(RemovalCause.UntaggedTimeout, Math.Max(photo.ReceivedOn, photo.UntaggedOn ?? 0) + UntaggedDays);
        // The time to undo it is less than a day.
        if (photo.Screening == ScreeningState.Rejected) yield return new(RemovalCause.Rejected, photo.ScreenedOn + 1);
    }

    public IEnumerable<ModelOrder> DueCauses(ModelPhoto photo) => Causes(photo).Where(cause => cause.NotBefore <= Now.Day);

    public ModelSchool With(Guid photo, Func<ModelPhoto, ModelPhoto> change)
    {
        var at = Photos.FindIndex(item => item.Id == photo);
        return at < 0 ? this : this with { Photos = Photos.SetItem(at, change(Photos[at])) };
    }

    public ModelSchool With(int pupil, Func<ModelPupil, ModelPupil> change) => this with { Pupils = Pupils.SetItem(pupil, change(Pupils[pupil])) };

    private IEnumerable<ModelAnswer> NoesAfterTag(ModelPhoto photo) =>
        photo.Tags.SelectMany(tag => Pupils[tag.Key].NoesToInternal.Where(no => no.At.Step > tag.Value.Step));
}
