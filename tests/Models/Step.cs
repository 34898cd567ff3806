using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Tests.Models;

/// <summary>Something that happens at a school. Photos, holds, copies and runs are meant by number, modulo how many there are.</summary>
internal abstract record Step
{
    internal sealed record Upload : Step;

    /// <summary>A picture that the school has or had, sent once more.</summary>
    internal sealed record UploadAgain(int Photo, bool ByScreener) : Step;

    /// <param name="Pupils">Bits: who is in it.</param>
    internal sealed record Link(int Photo, int Pupils, bool NobodyElse) : Step;

    internal sealed record Accept(int Photo) : Step;

    internal sealed record Reject(int Photo, bool Safeguarding) : Step;

    /// <param name="ValidDays">Null for no end.</param>
    internal sealed record Say(int Pupil, Who Who, Channel Channel, bool Yes, int? ValidDays) : Step;

    internal sealed record Block(int Pupil, bool Lift) : Step;

    internal sealed record Leave(int Pupil, bool Back) : Step;

    internal sealed record ErasePupil(int Pupil) : Step;

    internal sealed record Decide(bool Approve) : Step;

    internal sealed record Erase(int Photo) : Step;

    internal sealed record TakeBack(int Photo) : Step;

    internal sealed record Concern(int Photo, bool Indecent) : Step;

    internal sealed record Hold(int Photo) : Step;

    internal sealed record Release(int Nth, bool ByHead) : Step;

    internal sealed record Publish(int Photo, Channel Channel) : Step;

    internal sealed record Pull(int Photo, Channel Channel) : Step;

    internal sealed record Look(int Photo) : Step;

    internal sealed record TakenDown(int Copy) : Step;

    internal sealed record Purge : Step;

    internal sealed record ApprovePurge(int Nth, bool ByHead) : Step;

    /// <summary>Workers do what is due.</summary>
    internal sealed record Work : Step;

    /// <summary>Every sweep, then what they queued.</summary>
    internal sealed record Sweep : Step;

    internal sealed record LoseWork : Step;

    /// <summary>Every order is carried out once more, those that are done too.</summary>
    internal sealed record RemoveTwice : Step;

    internal sealed record Days(int Number) : Step;

    /// <summary>Time has passed for one photo: its deleteAfter lies behind it.</summary>
    internal sealed record GrowOld(int Photo) : Step;

    /// <summary>The step, stopped where it reaches out for the nth time.</summary>
    /// <param name="Dead">Nothing is reached any more from there on, as if the process had died; else that one call fails.</param>
    internal sealed record Stopped(Step Of, int Nth, bool Dead) : Step;
}

/// <summary>What happens at a school, in order. Prints as a list that can be read and told again.</summary>
internal sealed record Story(IReadOnlyList<Step> Steps, int RescueDays)
{
    public override string ToString() => $"rescue days {RescueDays}:\n  " + string.Join("\n  ", Steps);

    /// <summary>Shorter stories first, then the same one with fewer faults.</summary>
    public static IEnumerable<Story> Shorter(Story story)
    {
        var steps = story.Steps;
        for (var cut = steps.Count / 2; cut >= 1; cut /= 2)
            for (var at = 0; at + cut <= steps.Count; at += cut)
                yield return story with { Steps = [.. steps.Take(at), .. steps.Skip(at + cut)] };
        for (var at = 0; at < steps.Count; at++)
            if (steps[at] is Step.Stopped stopped) yield return story with { Steps = [.. steps.Take(at), stopped.Of, .. steps.Skip(at + 1)] };
    }
}

/// <summary>Random stories.</summary>
internal static class Stories
{
    private static readonly Gen<int> Any = Gen.Choose(0, 5);
    private static readonly Gen<bool> Coin = Gen.Elements(true, false);
    private static readonly Gen<Channel> AChannel = Gen.Elements(Channel.Internal, Channel.Website, Channel.Website, Channel.Display);

    /// <summary>What people do.</summary>
    private static readonly Gen<Step> Deed = Gen.Frequency(
        (5, Gen.Constant<Step>(new Step.Upload())),
        (1, from photo in Any from screener in Coin select (Step)new Step.UploadAgain(photo, screener)),
        (8, from photo in Any from pupils in Gen.Choose(0, 7) from nobody in Gen.Elements(true, true, true, false) select (Step)new Step.Link(photo, pupils, nobody)),
        (8, from photo in Any select (Step)new Step.Accept(photo)),
        (2, from photo in Any from safeguarding in Gen.Elements(true, false, false) select (Step)new Step.Reject(photo, safeguarding)),
        (12, from pupil in Gen.Choose(0, 2) from who in Gen.Elements(Who.Mother, Who.Mother, Who.Father, Who.Self) from channel in AChannel
             from yes in Gen.Elements(true, true, false) from valid in Gen.Elements<int?>(null, null, 0, 3) select (Step)new Step.Say(pupil, who, channel, yes, valid)),
        (1, from pupil in Gen.Choose(0, 2) from lift in Gen.Elements(true, true, false) select (Step)new Step.Block(pupil, lift)),
        (1, from pupil in Gen.Choose(0, 2) from back in Coin select (Step)new Step.Leave(pupil, back)),
        (1, from pupil in Gen.Choose(0, 2) select (Step)new Step.ErasePupil(pupil)),
        (1, from approve in Gen.Elements(true, true, false) select (Step)new Step.Decide(approve)),
        (2, from photo in Any select (Step)new Step.Erase(photo)),
        (1, from photo in Any select (Step)new Step.TakeBack(photo)),
        (2, from photo in Any from indecent in Coin select (Step)new Step.Concern(photo, indecent)),
        (1, from photo in Any select (Step)new Step.Hold(photo)),
        (5, from hold in Any from head in Coin select (Step)new Step.Release(hold, head)),
        (6, from photo in Any from channel in AChannel select (Step)new Step.Publish(photo, channel)),
        (6, from photo in Any from channel in AChannel select (Step)new Step.Pull(photo, channel)),
        (2, from photo in Any select (Step)new Step.Look(photo)),
        (3, from copy in Any select (Step)new Step.TakenDown(copy)));

    /// <summary>What happens by itself, and at night.</summary>
    private static readonly Gen<Step> Night = Gen.Frequency(
        (6, Gen.Constant<Step>(new Step.Work())),
        (3, Gen.Constant<Step>(new Step.Sweep())),
        (1, Gen.Constant<Step>(new Step.LoseWork())),
        (1, Gen.Constant<Step>(new Step.RemoveTwice())),
        (3, Gen.Constant<Step>(new Step.Purge())),
        (2, from purge in Any from head in Coin select (Step)new Step.ApprovePurge(purge, head)));

    private static readonly Gen<Step> Time = Gen.Frequency(
        (6, from number in Gen.Elements(1, 1, 2, 8, 30, 731) select (Step)new Step.Days(number)),
        (3, from photo in Any select (Step)new Step.GrowOld(photo)));

    /// <summary>Days of a school, in which a process dies or a call fails now and then.</summary>
    public static Arbitrary<Story> Lives { get; } = Of(Gen.Frequency((8, Deed), (3, Night), (1, Time), (1, Faulty)), 30);

    /// <summary>Every other thing that happens is stopped somewhere.</summary>
    public static Arbitrary<Story> FaultyLives { get; } = Of(Gen.Frequency((5, Deed), (2, Night), (1, Time), (8, Faulty)), 30);

    /// <summary>Nothing that depends on how the world was made older, which a backup made before that does not know of.</summary>
    public static Arbitrary<Story> LivesToRestore { get; } = Of(Gen.Frequency((8, Deed), (2, Gen.Constant<Step>(new Step.Work()))), 30);

    private static Gen<Step> Faulty =>
        from step in Gen.Frequency((3, Deed), (2, Night))
        from nth in Gen.Choose(1, step is Step.Work or Step.Sweep or Step.RemoveTwice ? 90 : 24)
        from dead in Coin
        select (Step)new Step.Stopped(step, nth, dead);

    private static Arbitrary<Story> Of(Gen<Step> step, int steps) => Arb.From(
        from length in Gen.Choose(steps / 2, steps + (steps / 2))
        from told in step.ListOf(length)
        from rescue in Gen.Elements(0, 7)
        select new Story([.. told], rescue), Story.Shorter);
}
