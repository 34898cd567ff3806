using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Activities;

/// <summary>What a teacher asks for: an activity, its purpose and what becomes of its photos (P2, P7).</summary>
public sealed record NewActivity(
    string Title,
    string Purpose,
    DateOnly HeldOn,
    DateOnly? HeldUntil,
    IReadOnlyCollection<Channel> Channels,
    string Afterwards,
    DateOnly? KeepUntil);

/// <summary>Activities are asked for by a teacher and approved by leadership before pictures are taken.</summary>
public sealed class ActivityDesk(RecordsDb db)
{
    /// <summary>Records an activity; it has no approval yet.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c>, <c>invalid-activity</c> 422.</exception>
    public async Task<Activity> CreateAsync(Act act, NewActivity asked, CancellationToken cancel)
    {
        Rights.StartActivity.Must(act.By);
        var title = Fields.Needed(asked.Title, "title", 200);
        var purpose = Fields.Needed(asked.Purpose, "purpose", 1000);
        var afterwards = Fields.Needed(asked.Afterwards, "afterwards", 1000);
        if (asked.HeldUntil < asked.HeldOn || asked.KeepUntil < asked.HeldOn)
            throw new Refusal("invalid-activity", 422, "The last day of an activity cannot be before its first day.");

        var activity = new Activity
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            Title = title,
            Purpose = purpose,
            HeldOn = asked.HeldOn,
            HeldUntil = asked.HeldUntil,
            Channels = [.. asked.Channels.Append(Channel.Internal).Distinct().Order()],
            Afterwards = afterwards,
            KeepUntil = asked.KeepUntil,
            CreatedBy = act.By.Person,
        };
        db.Activities.Add(activity);
        act.Answers(201, activity.Id);
        await db.CommitAsync(act, cancel, new AuditEvent("activity.created", null, "activity", activity.Id.ToString()));
        return activity;
    }

    /// <summary>Approves or declines; a later word replaces an earlier one, and a decline un-clears its photos at once.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>own-activity</c> 403.</exception>
    public async Task DecideAsync(Act act, Guid activityId, Approval decision, string? note, CancellationToken cancel)
    {
        var activity = await db.Activities.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == activityId, cancel)
            ?? throw Refusals.NotFound("activity");
        Rights.ApproveActivity.Must(act.By, RelationTo(act.By, activity));

        await using var transaction = await db.BeginAsync(cancel);
        db.ActivityDecisions.Add(new ActivityDecision
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            ActivityId = activity.Id,
            CreatedBy = activity.CreatedBy,
            Decision = decision,
            Note = Fields.Optional(note, "note", 1000),
            DecidedBy = act.By.Person,
        });
        await db.NoteActivityAsync(activity.Id, cancel);
        act.Answers(200, activity.Id);
        await db.CommitAsync(act, cancel, new AuditEvent(
            "activity.decided", null, "activity", activity.Id.ToString(), new { decision = Words.Of(decision) }));
    }

    /// <summary>An activity and leadership's latest word on it.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<ActivityState> ShowAsync(Act act, Guid activityId, CancellationToken cancel)
    {
        var found = await StatesOf(act, row => row.Id == activityId).SingleOrDefaultAsync(cancel) ?? throw Refusals.NotFound("activity");
        Rights.SeeActivities.Must(act.By);
        return found;
    }

    /// <summary>The school's activities in the order they were started.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<ActivityState>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.SeeActivities.Must(act.By);
        return StatesOf(act, row => after == null || row.Id > after).Take(limit).ToListAsync(cancel);
    }

    /// <summary>The school's activities, the newest first.</summary>
    /// <param name="before">The id before which the list begins; null for the newest.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<ActivityState>> LatestAsync(Act act, Guid? before, int limit, CancellationToken cancel)
    {
        Rights.SeeActivities.Must(act.By);
        return StatesOf(act, row => before == null || row.Id < before, newestFirst: true).Take(limit).ToListAsync(cancel);
    }

    /// <summary>Whether somebody started it.</summary>
    public static Relation RelationTo(Actor by, Activity activity) =>
        by.StaffId == activity.CreatedBy ? Relation.School | Relation.Creator : Relation.School;

    private IQueryable<ActivityState> StatesOf(Act act, Expression<Func<Activity, bool>> which, bool newestFirst = false)
    {
        var rows = db.Activities.AsNoTracking().Where(row => row.SchoolId == act.SchoolId).Where(which);
        return (newestFirst ? rows.OrderByDescending(row => row.Id) : rows.OrderBy(row => row.Id)).Select(row => new ActivityState(
            row,
            db.ActivityDecisions.Where(decision => decision.ActivityId == row.Id)
                .OrderByDescending(decision => decision.DecidedAt).ThenByDescending(decision => decision.Id)
                .Select(decision => (Approval?)decision.Decision).FirstOrDefault(),
            db.ActivityDecisions.Where(decision => decision.ActivityId == row.Id)
                .OrderByDescending(decision => decision.DecidedAt).ThenByDescending(decision => decision.Id)
                .Select(decision => decision.Note).FirstOrDefault()));
    }
}

/// <summary>An activity and leadership's latest word on it.</summary>
/// <param name="Approval">Null until there is one.</param>
/// <param name="Note">What was said with it.</param>
public sealed record ActivityState(Activity Activity, Approval? Approval, string? Note);
