using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Access;

/// <summary>An alarm and the name of whom it is about.</summary>
public sealed record AlarmShown(AccessAlarm Alarm, string Person);

/// <summary>The head and the safeguarding lead look into unusual looking.</summary>
public sealed class AlarmDesk(RecordsDb db, KeyStore keys)
{
    /// <summary>The school's alarms, newest first.</summary>
    /// <param name="before">The id before which the list goes on; null for the newest.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<IReadOnlyList<AlarmShown>> ListAsync(Act act, Guid? before, int limit, CancellationToken cancel)
    {
        MustLookInto(act);
        return await ShownAsync(act, db.AccessAlarms.Where(row => before == null || row.Id < before), limit, cancel);
    }

    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task<AlarmShown> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        Rights.AnswerAlarm.Must(act.By);
        return await ShownAsync(act, db.AccessAlarms.Where(row => row.Id == id), 1, cancel) is [var shown] ? shown : throw Refusals.NotFound("alarm");
    }

    /// <summary>Says what came of it. From then on the same person may raise another. A second time changes nothing.</summary>
    /// <param name="note">1 to 1000 characters.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>own-alarm</c> 403 · <c>invalid</c> 422.</exception>
    public async Task AcknowledgeAsync(Act act, Guid id, string note, CancellationToken cancel)
    {
        Rights.AnswerAlarm.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        var alarm = await db.AccessAlarms.FromSql($"select * from access_alarms where id = {id} and school_id = {act.SchoolId} for update")
            .SingleOrDefaultAsync(cancel) ?? throw Refusals.NotFound("alarm");
        if (alarm.StaffId == act.By.Person) throw new Refusal("own-alarm", 403, "This is about you. Somebody else has to look into it.");
        note = Fields.Needed(note, "note", 1000);
        act.Answers(200, alarm.Id);
        AuditEvent[] events = [];
        if (alarm.AcknowledgedAt is null)
        {
            alarm.Acknowledge(act.By.Person, await db.NowAsync(cancel), note, await KeyAsync(act, cancel));
            events = [new("access.alarm-acknowledged", null, "alarm", alarm.Id.ToString(), new { person = alarm.StaffId })];
        }
        await db.CommitAsync(act, cancel, events);
    }

    private async Task<IReadOnlyList<AlarmShown>> ShownAsync(Act act, IQueryable<AccessAlarm> asked, int limit, CancellationToken cancel)
    {
        var rows = await asked.AsNoTracking().Where(row => row.SchoolId == act.SchoolId).OrderByDescending(row => row.Id).Take(limit)
            .Join(db.Staff, row => row.StaffId, person => person.Id, (row, person) => new { row, person.Name }).ToListAsync(cancel);
        var key = await KeyAsync(act, cancel);
        foreach (var it in rows) it.row.Open(key);
        return [.. rows.OrderByDescending(it => it.row.Id).Select(it => new AlarmShown(it.row, it.Name))];
    }

    private async Task<TextKey> KeyAsync(Act act, CancellationToken cancel) => TextKey.Of(await keys.SchoolDigestKeyAsync(act.SchoolId, cancel));

    internal static void MustLookInto(Act act) => Rights.SeeLooks.Must(act.By);
}
