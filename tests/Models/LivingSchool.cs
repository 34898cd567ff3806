using System.Collections.Immutable;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Models;

/// <summary>
/// A real school over real databases, and its model beside it. Each step is done by the operations that the api and the workers call;
/// what it changed is taken from the audit entry of its commit, and everything is then compared.
/// </summary>
internal sealed class LivingSchool
{
    private const string Mind = "2026-09";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ModelHouse house;
    private readonly Dictionary<Role, Act> people = [];
    private readonly List<byte[]> pictures = [];
    private readonly SchoolChecks checks;
    private Guid id, activity;
    private int cleared;
    private SchoolSeen seen = null!;
    private SchoolSeen? seenBefore;
    private ModelSchool model;

    private LivingSchool(ModelHouse house, int rescueDays)
    {
        this.house = house;
        model = new(rescueDays);
        checks = new(house);
    }

    /// <summary>Calls that failed because a story asked for it.</summary>
    public int Injected { get; private set; }

    public int Steps { get; private set; }

    public Guid Id => id;

    /// <summary>What may be seen on a channel now, as the records say.</summary>
    public IEnumerable<(Guid Photo, Channel Channel)> Cleared => seen.Standings.Values.SelectMany(photo =>
        Channels.All.Where(photo.IsCleared).Select(channel => (photo.Photo.Id, channel)));

    public IReadOnlySet<Guid> Tombstones => seen.Tombstones;

    public IEnumerable<Guid> Photos => seen.Photos.Keys;

    /// <summary>How much of what matters came to pass, so that nobody takes an empty story for a proof.</summary>
    public object Counted => new
    {
        part = "story", steps = Steps, injected = Injected, cleared, photos = model.Photos.Count, destroyed = model.Photos.Count(photo => photo.Gone),
        held = model.Photos.Sum(photo => photo.Holds.Count), released = model.Photos.Sum(photo => photo.Holds.Count(hold => hold.ReleasedBy is not null)),
        copies = model.Photos.Sum(photo => photo.Copies.Count), down = model.Photos.Sum(photo => photo.Copies.Count(copy => copy.Down)),
        causes = model.Photos.Where(photo => photo.Gone).Select(photo => photo.Order!.Cause.ToString()), purges = model.Purges.Count,
    };

    /// <summary>
    /// A new school with an approved activity and three pupils: one whom everything is allowed, one teenager likewise, one of whom nobody
    /// has answered.
    /// </summary>
    public static async Task<LivingSchool> FoundAsync(ModelHouse house, int rescueDays)
    {
        var school = new LivingSchool(house, rescueDays);
        await school.FoundAsync();
        return school;
    }

    /// <summary>Tells the whole story, compares after each step, and once more when nothing is left to do.</summary>
    public static async Task<LivingSchool> LiveAsync(ModelHouse house, Story story)
    {
        var school = await FoundAsync(house, story.RescueDays);
        foreach (var step in story.Steps) await school.DoAsync(step);
        await school.SettleAsync(loseWork: story.Steps.Count % 2 == 0);
        return school;
    }

    public async Task DoAsync(Step step)
    {
        Steps++;
        var before = model;
        model = model with { Now = model.Now with { Step = model.Now.Step + 1 } };
        var (done, stopped) = (step, false);
        bool? through = null;
        if (step is Step.Stopped faulty)
        {
            done = faulty.Of;
            house.Seams.WatchNth(faulty.Nth, faulty.Dead ? Stop.FromThereOn : Stop.Once);
            try
            {
                await ActAsync(house.Faulty, done, mayFail: true);
                through = true;
            }
            catch (Refusal)
            {
                through = false;
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                // The caller is told that it failed; whether it did, the records know.
            }
            house.Seams.Rest();
            stopped = house.Seams.Stopped;
            if (stopped) Injected++;
        }
        else
        {
            try
            {
                await ActAsync(house.Clean, done, mayFail: false);
                through = true;
            }
            catch (Refusal)
            {
                through = false;
            }
        }
        await LookAsync();
        model = Told(done);
        SchoolChecks.AfterStep(done, stopped, through, before, model, seen, people);
        model = SchoolChecks.Adopted(done, model, seen);
        checks.MustMatch(done, stopped, through, before, model, seen);
        cleared += Cleared.Count();
    }

    /// <summary>Hours pass and every sweep runs, until nothing is left to do; then records, keys and store must agree with one another and with the model.</summary>
    /// <param name="loseWork">Every work row is lost first.</param>
    public async Task SettleAsync(bool loseWork)
    {
        if (loseWork) await house.RunAsync($"delete from work where school_id = '{id}'");
        await SweepToTheEndAsync();
        var settled = new Step.Sweep();
        var before = model;
        SchoolChecks.AfterStep(settled, false, true, before, model, seen, people);
        model = SchoolChecks.Adopted(settled, model, seen);
        checks.MustMatch(settled, false, true, before, model, seen);
        await checks.MustBeSettledAsync(id, model, seen);
    }

    /// <summary>The same school over restored databases.</summary>
    public LivingSchool In(ModelHouse restored)
    {
        var school = new LivingSchool(restored, model.RescueDays) { id = id, activity = activity };
        foreach (var (role, act) in people) school.people[role] = act;
        return school;
    }

    /// <summary>Hours pass and everything that is queued or swept is done; then looks, and compares nothing.</summary>
    public async Task SweepToTheEndAsync()
    {
        for (var round = 0; round < 4; round++)
        {
            await Clock.PassAsync(house.Clean);
            await SweepAsync(house.Clean);
            await house.Clean.RunAsync((ObjectSweep sweep) => sweep.SweepUnfinishedAsync(None));
            await WorkAsync(house.Clean, mayFail: false);
        }
        await house.Clean.RunAsync((ObjectSweep sweep) => sweep.SweepAllAsync(None));
        await LookAsync();
    }

    public Task<IReadOnlySet<Guid>> KeysAsync() => SchoolSeen.KeysAsync(house, id, "photo");

    private async Task FoundAsync()
    {
        // It is about noon at the school, so that no day begins while a story is told.
        var hour = DateTimeOffset.UtcNow.Hour;
        var zone = hour >= 12 ? $"Etc/GMT+{hour - 12}" : $"Etc/GMT-{12 - hour}";
        id = (await house.Records.AddSchoolAsync(PolicyProfile.Strict, zone)).Id;
        foreach (var role in new[] { Role.Teacher, Role.Screener, Role.Office, Role.Editor, Role.Safeguarding, Role.Head, Role.Ict })
        {
            var (_, person) = await house.Records.TokenAsync(id, new NewToken(role));
            people[role] = new(id, new Actor(ActorKind.Person, person.Id, [role]));
        }
        await house.RunAsync($"""
            update policy_switches set school_devices_only = false, other_cameras = 'flag', rescue_days = {model.RescueDays},
              rejection_undo_seconds = 3600, brake_photos = 1, brake_percent = 50 where school_id = '{id}'
            """);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        activity = (await house.Clean.RunAsync((ActivityDesk desk) => desk.CreateAsync(people[Role.Teacher],
            new NewActivity("Sports day", "To show families", today, null, [Channel.Website, Channel.Display], "Destroyed", null), None))).Id;
        await DecideAsync(house.Clean, approve: true);
        seen = await SchoolSeen.ReadAsync(house, id, 0);
        for (var pupil = 0; pupil < 3; pupil++)
        {
            await PutPupilAsync(house.Clean, pupil, left: false);
            model = model with { Pupils = model.Pupils.Add(new(Teenager: pupil == 1)) };
        }
        for (var pupil = 0; pupil < 2; pupil++)
        {
            foreach (var channel in ModelSchool.ActivityChannels)
            {
                await DoAsync(new Step.Say(pupil, Who.Mother, channel, true, null));
                if (pupil == 1 && channel != Channel.Internal) await DoAsync(new Step.Say(pupil, Who.Self, channel, true, null));
            }
        }
        await DoAsync(new Step.Upload());
        await DoAsync(new Step.Link(0, 1, true));
        await DoAsync(new Step.Accept(0));
        Steps = 0;
    }

    private async Task LookAsync()
    {
        seenBefore = seen;
        seen = await SchoolSeen.ReadAsync(house, id, seenBefore?.LastEntry ?? 0);
    }

    private Guid Photo(int number) => model.Photos.Count == 0 ? Guid.Empty : model.Photos[number % model.Photos.Count].Id;

    private ModelHold? HoldOf(int number)
    {
        var holds = model.Photos.SelectMany(photo => photo.Holds).Where(hold => hold.ReleasedBy is null).ToList();
        return holds.Count == 0 ? null : holds[number % holds.Count];
    }

    /// <summary>Does it; what the rules refuse throws a refusal, what does not apply does nothing.</summary>
    /// <param name="mayFail">Work that fails is put back, as the work loop does; else it is a finding.</param>
    private async Task ActAsync(PhotoFlows by, Step step, bool mayFail)
    {
        switch (step)
        {
            case Step.Upload:
                pictures.Add(TestPhotos.Picture(64, 48));
                await ReceiveAsync(by, pictures.Count - 1, Role.Teacher, again: false);
                break;
            case Step.UploadAgain(var photo, var screener):
                if (model.Photos.Count > 0)
                    await ReceiveAsync(by, model.Photos[photo % model.Photos.Count].Picture, screener ? Role.Screener : Role.Teacher, again: screener);
                break;
            case Step.Link(var photo, var pupils, var nobody):
                await RunAsync(by, (PhotoLinks links) => links.LinkAsync(
                    people[Role.Teacher], Photo(photo), [.. Enumerable.Range(0, 3).Where(pupil => (pupils >> pupil & 1) == 1).Select(MisId)], nobody, None));
                break;
            case Step.Accept(var photo):
                await RunAsync(by, (ScreeningDesk desk) => desk.DecideAsync(people[Role.Screener], Photo(photo), ScreeningState.Accepted, null, None));
                break;
            case Step.Reject(var photo, var safeguarding):
                await RunAsync(by, (ScreeningDesk desk) => desk.DecideAsync(
                    people[Role.Screener], Photo(photo), ScreeningState.Rejected, safeguarding ? ScreeningDesk.Safeguarding : "blurred", None));
                break;
            case Step.Say(var pupil, var who, var channel, var yes, var valid):
                await by.RunAsync((ConsentRecorder recorder) => recorder.RecordAsync(people[Role.Office], MisId(pupil), new NewAnswer(
                    channel, yes ? Answer.Given : Answer.Withdrawn, who == Who.Self ? AnswererKind.Pupil : AnswererKind.Guardian, who.ToString(), null,
                    AnswerRoute.Paper, Mind, null, valid is { } days && yes ? Today.AddDays(days) : null), None));
                break;
            case Step.Block(var pupil, var lift):
                await RunAsync(by, (BlockDesk desk) => lift
                    ? desk.LiftAsync(people[Role.Safeguarding], MisId(pupil), None)
                    : desk.PlaceAsync(people[Role.Safeguarding], MisId(pupil), "a reason", None));
                break;
            case Step.Leave(var pupil, var back):
                // Putting would make an erased pupil anew, under another id.
                if (!model.Pupils[pupil].Erased) await PutPupilAsync(by, pupil, left: !back);
                break;
            case Step.ErasePupil(var pupil):
                if (!model.Pupils[pupil].Erased)
                {
                    var erased = (await by.RunAsync((PupilDesk desk) => desk.FindAsync(people[Role.Office], MisId(pupil), None))).Id;
                    await RunAsync(by, (PupilErasure erasure) => erasure.EraseAsync(people[Role.Office], erased, None));
                }
                break;
            case Step.Decide(var approve):
                await DecideAsync(by, approve);
                break;
            case Step.Erase(var photo):
                await RunAsync(by, (PhotoLinks links) => links.EraseAsync(people[Role.Office], Photo(photo), None));
                break;
            case Step.TakeBack(var photo):
                await RunAsync(by, (PhotoLinks links) => links.TakeBackAsync(people[Role.Teacher], Photo(photo), None));
                break;
            case Step.Concern(var photo, var indecent):
                await by.RunAsync((HoldDesk desk) => desk.RaiseAsync(people[Role.Teacher], Photo(photo), indecent ? ConcernKind.Indecent : ConcernKind.Other, "a note", None));
                break;
            case Step.Hold(var photo):
                await by.RunAsync((HoldDesk desk) => desk.PlaceAsync(people[Role.Safeguarding], Photo(photo), "a reason", Today.AddDays(20), None));
                break;
            case Step.Release(var number, var head):
                if (HoldOf(number) is { } hold)
                    await by.RunAsync((HoldDesk desk) => desk.ReleaseAsync(people[head ? Role.Head : Role.Safeguarding], hold.Id, None));
                break;
            case Step.Publish(var photo, var channel):
                await by.RunAsync((Deliveries deliveries) => deliveries.PublishAsync(people[Role.Editor], Photo(photo), channel, "Home page", null, None));
                break;
            case Step.Pull(var photo, var channel):
                await OpenAsync(by, people[Role.Editor], Photo(photo), ObjectKind.Web, channel);
                break;
            case Step.Look(var photo):
                await OpenAsync(by, people[Role.Teacher], Photo(photo), ObjectKind.Thumb, null);
                break;
            case Step.TakenDown(var number):
                if (seen.OpenCopies.Count > 0)
                {
                    var order = seen.OpenCopies.OrderBy(copy => copy.Key).ElementAt(number % seen.OpenCopies.Count).Value;
                    await RunAsync(by, (Removals removals) => removals.MarkDoneAsync(people[Role.Office], order, "not there any more", None));
                }
                break;
            case Step.Purge:
                await by.RunAsync((Purges purges) => purges.StartAsync(people[Role.Head], dryRun: false, None));
                break;
            case Step.ApprovePurge(var number, var head):
                var stopped = model.Purges.Where(purge => purge.Stopped).ToList();
                if (stopped.Count > 0)
                    await by.RunAsync((Purges purges) => purges.ApproveAsync(people[head ? Role.Head : Role.Ict], stopped[number % stopped.Count].Id, None));
                break;
            case Step.Work:
                await WorkAsync(by, mayFail);
                break;
            case Step.Sweep:
                await SweepAsync(by);
                await WorkAsync(by, mayFail);
                break;
            case Step.LoseWork:
                await house.RunAsync($"delete from work where school_id = '{id}'");
                break;
            case Step.RemoveTwice:
                foreach (var order in seen.Orders) await by.RunAsync((RemovalRun run) => run.CarryOutAsync([order.Id], None));
                break;
            case Step.Days(var number):
                await house.AgeAsync(id, number);
                break;
            case Step.GrowOld(var photo):
                await house.RunAsync($"update photos set delete_after = now() - interval '1 second' where id = '{Photo(photo)}' and delete_after > now()");
                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to {step}.");
        }
    }

    /// <summary>The model after the step, as far as the audit says that it was committed. What destroys is read off afterwards.</summary>
    private ModelSchool Told(Step step)
    {
        var told = model;
        var now = told.Now;
        foreach (var happened in seen.Events)
        {
            var photo = happened.Photo ?? Guid.Empty;
            told = (happened.Event, step) switch
            {
                ("photo.received", _) => told with
                {
                    Photos = told.Photos.Add(new(photo, step is Step.UploadAgain(var number, _) ? told.Photos[number % told.Photos.Count].Picture : pictures.Count - 1, now.Day, seen.Photos[photo])),
                },
                ("photo.linked", Step.Link(_, var pupils, var nobody)) => told.With(photo, was => Linked(was, pupils, nobody, now)),
                ("photo.screened", Step.Accept) => told.With(photo, was => was with
                {
                    Screening = ScreeningState.Accepted, ScreenedOn = now.Day, Order = was.Order?.Cause == RemovalCause.Rejected ? null : was.Order,
                }),
                ("photo.screened", Step.Reject(_, var safeguarding)) => told.With(photo, was => was with
                {
                    Screening = ScreeningState.Rejected, ScreenedOn = now.Day,
                    Order = safeguarding ? was.Order?.Cause == RemovalCause.Rejected ? null : was.Order : new(RemovalCause.Rejected, now.Day + 1),
                }),
                ("consent.recorded", Step.Say(var pupil, var who, var channel, var yes, var valid)) => told.With(pupil, was => was with
                {
                    Answers = was.Answers.Add(new(channel, who, yes, now, yes && valid is { } days ? now.Day + days : null)),
                }),
                ("pupil.blocked", Step.Block(var pupil, _)) => told.With(pupil, was => was with { Blocked = true }),
                ("pupil.unblocked", Step.Block(var pupil, _)) => told.With(pupil, was => was with { Blocked = false }),
                ("pupil.changed", Step.Leave(var pupil, var back)) => told.With(pupil, was => was with { Left = !back }),
                ("pupil.erased", Step.ErasePupil(var pupil)) => told.With(pupil, was => was with { Erased = true }),
                ("activity.decided", Step.Decide(var approve)) => told with { Approved = approve },
                ("photo.erasure-asked", _) => told.With(photo, was => was with { Order = was.Order ?? new(RemovalCause.Erasure, now.Day) }),
                ("photo.taken-back", _) => told.With(photo, was => was with { Order = was.Order ?? new(RemovalCause.WithdrawnByUploader, now.Day) }),
                ("hold.placed", _) => told.With(photo, was => was with { Holds = was.Holds.Add(new(Guid.Parse(happened.Subject!), null, null)) }),
                ("hold.release-asked", Step.Release(_, var head)) => Released(told, photo, Guid.Parse(happened.Subject!), hold => hold with { AskedBy = By(head) }),
                ("hold.released", Step.Release(_, var head)) => Released(told, photo, Guid.Parse(happened.Subject!), hold => hold with { ReleasedBy = By(head) }),
                ("photo.published", Step.Publish(_, var channel)) => told.With(photo, was => Copied(was, Guid.Parse(happened.Subject!), channel)),
                ("photo.published", Step.Pull(_, var channel)) => told.With(photo, was => Copied(was, Guid.Parse(happened.Subject!), channel)),
                ("removal.done", Step.TakenDown) => TakenDown(told, Guid.Parse(happened.Subject!)),
                ("purge.started" or "purge.stopped", Step.Purge) => told with
                {
                    Purges = told.Purges.Add(new(Guid.Parse(happened.Subject!), happened.Event == "purge.stopped", null)),
                },
                ("purge.approval-asked", Step.ApprovePurge(_, var head)) => Approved(told, happened, purge => purge with { FirstBy = head ? By(true) : people[Role.Ict].By.StaffId }),
                ("purge.approved", Step.ApprovePurge) => Approved(told, happened, purge => purge with { Stopped = false }),
                _ => told,
            };
        }
        return step switch
        {
            Step.Days(var days) => told with
            {
                Now = now with { Day = now.Day + days },
                Photos = [.. told.Photos.Select(photo => photo with { DeleteAfter = photo.DeleteAfter.AddDays(-days) })],
            },
            Step.GrowOld(var photo) => told.With(Photo(photo), was => was.DeleteAfter > seen.Now && seen.Photos.TryGetValue(was.Id, out var until) ? was with { DeleteAfter = until } : was),
            _ => told,
        };
    }

    private Guid? By(bool head) => people[head ? Role.Head : Role.Safeguarding].By.StaffId;

    private static ModelPhoto Linked(ModelPhoto was, int pupils, bool nobody, Moment now)
    {
        var wanted = Enumerable.Range(0, 3).Where(pupil => (pupils >> pupil & 1) == 1).ToList();
        var takenOut = was.Tags.Keys.Except(wanted).Any();
        return was with
        {
            Tags = wanted.ToImmutableDictionary(pupil => pupil, pupil => was.Tags.GetValueOrDefault(pupil, now)),
            NobodyElse = nobody,
            UntaggedOn = takenOut && wanted.Count == 0 ? now.Day : was.UntaggedOn,
            Screening = takenOut && was.Screening == ScreeningState.Accepted ? ScreeningState.Pending : was.Screening,
        };
    }

    private static ModelPhoto Copied(ModelPhoto was, Guid id, Channel channel) =>
        was with { Copies = was.Copies.RemoveAll(copy => copy.Id == id).Add(new(id, channel, Down: false)) };

    private static ModelSchool Released(ModelSchool told, Guid photo, Guid hold, Func<ModelHold, ModelHold> change) =>
        told.With(photo, was => was with { Holds = [.. was.Holds.Select(item => item.Id == hold ? change(item) : item)] });

    private static ModelSchool Approved(ModelSchool told, EventSeen happened, Func<ModelPurge, ModelPurge> change) =>
        told with { Purges = [.. told.Purges.Select(purge => purge.Id == Guid.Parse(happened.Subject!) ? change(purge) : purge)] };

    private ModelSchool TakenDown(ModelSchool told, Guid order)
    {
        var copy = seenBefore!.OpenCopies.Single(open => open.Value == order).Key;
        return told with
        {
            Photos = [.. told.Photos.Select(photo => photo with { Copies = [.. photo.Copies.Select(item => item.Id == copy ? item with { Down = true } : item)] })],
        };
    }

    private static DateOnly Today
    {
        get
        {
            var hour = DateTimeOffset.UtcNow.Hour;
            return DateOnly.FromDateTime(DateTimeOffset.UtcNow.AddHours(12 - hour).UtcDateTime);
        }
    }

    private static string MisId(int pupil) => $"p{pupil}";

    private Task PutPupilAsync(PhotoFlows by, int pupil, bool left) => RunAsync(by, (PupilDesk desk) => desk.PutAsync(people[Role.Office], MisId(pupil),
        new PupilFacts("Ada", $"Lovelace {pupil}", new DateOnly(DateTime.UtcNow.Year - (pupil == 1 ? 16 : 8), 1, 1), "3B", left ? Today.AddDays(-1) : null), None));

    private Task DecideAsync(PhotoFlows by, bool approve) => RunAsync(by, (ActivityDesk desk) =>
        desk.DecideAsync(people[Role.Head], activity, approve ? Approval.Approved : Approval.Declined, null, None));

    private async Task ReceiveAsync(PhotoFlows by, int picture, Role role, bool again) =>
        await by.RunAsync((PhotoIntake intake) => intake.ReceiveAsync(people[role], activity, pictures[picture], again, attested: false, None));

    private static async Task OpenAsync(PhotoFlows by, Act act, Guid photo, ObjectKind kind, Channel? channel)
    {
        var opened = await by.RunAsync((PhotoOpening opening) => opening.OpenAsync(act, photo, kind, channel, None));
        await using var content = opened.Content;
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes);
        Assert.Equal(Rendition(photo, kind), bytes);
    }

    /// <summary>As the schedule does over a night.</summary>
    private async Task SweepAsync(PhotoFlows by)
    {
        await by.RunAsync((DateTurns turns) => turns.TurnAsync(id, None));
        await by.RunAsync((RemovalSweep sweep) => sweep.FollowAsync(id, copiesToo: true, None));
        await by.RunAsync((RemovalSweep sweep) => sweep.QueueAsync(None));
        await by.RunAsync((WorkQueue queue) => queue.TurnAsync(None));
        await by.RunAsync((ObjectSweep sweep) => sweep.QueueRendersAsync(DateTimeOffset.MinValue, None));
    }

    private static async Task WorkAsync(PhotoFlows by, bool mayFail)
    {
        while (await by.ClaimAsync(WorkKinds.Render, WorkKinds.Remove) is { } item)
        {
            try
            {
                if (item.Kind == WorkKinds.Remove) await by.DoAsync(item);
                else await RenderAsync(by, item);
            }
            catch (Exception error) when (mayFail && error is not Xunit.Sdk.XunitException)
            {
                await RunAsync(by, (WorkQueue queue) => queue.FailAsync(item, error.Message, None));
            }
        }
    }

    /// <summary>As RenderJob does it, without a decoder: what a rendition shows plays no part here.</summary>
    private static async Task RenderAsync(PhotoFlows by, WorkItem item)
    {
        ObjectKind[] kinds = [ObjectKind.Thumb, ObjectKind.Web];
        try
        {
            if (await by.RunAsync((RenditionDesk desk) => desk.HasAsync(item.Subject, kinds, None)))
            {
                await by.RunAsync((WorkQueue queue) => queue.CompleteAsync(item, None));
                return;
            }
            var opened = await by.RunAsync((PhotoOpening opening) => opening.OpenAsync(Act.OfSystem(item.SchoolId), item.Subject, ObjectKind.Original, null, None));
            await opened.Content.DisposeAsync();
            await by.RunAsync((RenditionDesk desk) => desk.KeepAsync(item, [.. kinds.Select(kind => new MadeRendition(kind, "jpeg", 8, 6, Rendition(item.Subject, kind)))], None));
        }
        catch (Refusal gone) when (gone.Status == 410)
        {
            await by.RunAsync((WorkQueue queue) => queue.CompleteAsync(item, None));
        }
    }

    private static byte[] Rendition(Guid photo, ObjectKind kind) => [(byte)kind, .. photo.ToByteArray()];

    private static async Task RunAsync<TOperation>(PhotoFlows by, Func<TOperation, Task> operation) where TOperation : notnull =>
        await by.RunAsync<TOperation, bool>(async it =>
        {
            await operation(it);
            return true;
        });
}
