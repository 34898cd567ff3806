using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Access;

/// <summary>
/// Watches the access log, from where it was watched last: one alarm for each person and kind, until it is acknowledged or a day has passed. What an
/// alarm told of is not told again.
/// </summary>
public sealed class BrowsingWatch(RecordsDb db)
{
    private static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    /// <summary>Raises the alarms that are due, in every school.</summary>
    /// <returns>How many.</returns>
    public async Task<int> WatchAsync(CancellationToken cancel)
    {
        var raised = 0;
        foreach (var school in await db.Schools.AsNoTracking().ToListAsync(cancel)) raised += await WatchAsync(school, cancel);
        return raised;
    }

    private async Task<int> WatchAsync(School school, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        // By the clock that dates the entries, not by one that never goes back.
        var (now, from) = await BeginAsync(school.Id, cancel);
        var looks = await LooksAsync(school.Id, from - BrowsingRule.Longest, cancel);
        var people = looks.Select(look => look.Key).ToArray();
        var told = (await db.AccessAlarms.AsNoTracking().Where(row => row.SchoolId == school.Id && people.Contains(row.StaffId)
            && row.EndedAt > from - BrowsingRule.Longest - Silence).ToListAsync(cancel)).ToLookup(row => (row.StaffId, row.Kind));
        var events = new List<AuditEvent>();
        foreach (var person in looks)
        {
            foreach (var kind in Enum.GetValues<AlarmKind>())
            {
                var before = told[(person.Key, kind)].MaxBy(row => row.EndedAt);
                if (before is { AcknowledgedAt: null } && before.RaisedAt > now - Silence) continue;
                var since = person.Where(look => before is null || look.At > before.EndedAt).ToList();
                if (BrowsingRule.Of(since, school.TimeZone()).FirstOrDefault(found => found.Kind == kind) is not { } unusual) continue;
                var alarm = new AccessAlarm
                {
                    Id = Guid.CreateVersion7(),
                    SchoolId = school.Id,
                    StaffId = person.Key,
                    Kind = kind,
                    Looks = unusual.Looks,
                    BeganAt = unusual.BeganAt,
                    EndedAt = since[^1].At,
                };
                db.AccessAlarms.Add(alarm);
                events.Add(new("access.alarm", null, "alarm", alarm.Id.ToString(), new { person = person.Key, kind = Words.Of(kind), looks = unusual.Looks }));
            }
        }
        await db.CommitAsync(Act.OfSystem(school.Id), cancel, [.. events]);
        return events.Count;
    }

    /// <summary>Takes the school's turn, and moves on to now.</summary>
    private async Task<(DateTimeOffset Now, DateTimeOffset From)> BeginAsync(Guid school, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"insert into access_watches (school_id, watched_until) values ({school}, now()) on conflict do nothing", cancel);
        var from = (await db.Database.SqlQuery<DateTimeOffset>(
            $"""select least(watched_until, now()) as "Value" from access_watches where school_id = {school} for update""").ToListAsync(cancel))[0];
        var now = (await db.Database.SqlQuery<DateTimeOffset>(
            $"""update access_watches set watched_until = now() where school_id = {school} returning watched_until as "Value" """).ToListAsync(cancel))[0];
        return (now, from);
    }

    /// <summary>By person, in order of time; the same thing once a minute.</summary>
    private async Task<ILookup<Guid, Look>> LooksAsync(Guid school, DateTimeOffset from, CancellationToken cancel)
    {
        var opened = await db.Database.SqlQuery<Row>($"""
            select entry.actor_id as "Person", min(entry.at) as "At", (entry.event = 'pupil.opened') as "Pupil",
              coalesce(entry.photo_id, entry.subject_id::uuid) as "What", 1 as "Times"
            from audit_entries entry
            where entry.school_id = {school} and entry.at > {from} and entry.event in ('photo.opened', 'pupil.opened')
              and entry.actor_id is not null and entry.details->>'channel' is null
              and not exists (select from photos where id = entry.photo_id and uploaded_by = entry.actor_id)
            group by entry.actor_id, entry.event, coalesce(entry.photo_id, entry.subject_id::uuid), date_trunc('minute', entry.at)
            """).ToListAsync(cancel);
        var refused = await db.RefusedLooks.AsNoTracking().Where(row => row.SchoolId == school && row.Minute > from).ToListAsync(cancel);
        return opened.Select(row => (row.Person, Look: new Look(row.At, row.Pupil ? LookOf.Pupil : LookOf.Picture, row.What, row.Times)))
            .Concat(refused.Select(row => (Person: row.StaffId, Look: new Look(row.Minute, LookOf.Refused, Guid.NewGuid(), row.Count))))
            .OrderBy(row => row.Look.At).ToLookup(row => row.Person, row => row.Look);
    }

    private sealed record Row(Guid Person, DateTimeOffset At, bool Pupil, Guid What, int Times);
}
