using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>One look at some records of a kind, in the caller's transaction.</summary>
/// <param name="Last">Where the next look begins.</param>
/// <param name="Deleted">Rows.</param>
/// <param name="Details">What the audit is told.</param>
/// <param name="Keys">Disclosures whose keys go after the commit.</param>
internal sealed record LifetimeBatch<TKey>(TKey Last, int Deleted, object Details, IReadOnlyList<Guid> Keys);

/// <summary>Deletes what a school's switches say is over, some rows at a time, as the one role that may; nothing that something else needs.</summary>
/// <param name="zone">Years are dates in the school's zone.</param>
internal sealed class LifetimeBatches(RecordsDb db, KeyStore keys, PolicySwitches switches, DateOnly today, TimeZoneInfo zone)
{
    private const int Pupils = 100, Photos = 500, Entries = 1000;

    private readonly Guid school = switches.SchoolId;

    /// <summary>Pupils whose last day is longer ago than that, in no picture and not blocked.</summary>
    public Task<List<Guid>> LeaversAsync(int years, Guid after, CancellationToken cancel) => db.Database.SqlQuery<Guid>($"""
        select id as "Value" from pupils
        where school_id = {school} and id > {after} and left_on < {today.AddYears(-years)}
          and not exists (select from photo_pupils where pupil_id = pupils.id)
          and not exists (select from safeguarding_blocks where pupil_id = pupils.id and lifted_at is null)
        order by id limit {Pupils}
        """).ToListAsync(cancel);

    public async Task<LifetimeBatch<Guid>?> ConsentsAsync(Guid after, CancellationToken cancel)
    {
        var before = Before(switches.ConsentYears);
        var pupils = await db.Database.SqlQuery<Guid>($"""
            select id as "Value" from pupils
            where school_id = {school} and id > {after} and exists (
              select from consent_answers as old where old.pupil_id = pupils.id and old.recorded_at < {before} and exists (
                select from consent_answers where pupil_id = pupils.id and channel = old.channel and id <> old.id and recorded_at < {before}))
            order by id limit {Pupils}
            """).ToListAsync(cancel);
        if (pupils.Count == 0) return null;
        await db.LockPupilsToChangeAsync(pupils, cancel);
        var answers = (await db.ConsentAnswers.AsNoTracking().Where(row => pupils.Contains(row.PupilId)).ToListAsync(cancel)).ToLookup(row => row.PupilId);
        var tagged = await db.PhotoPupils.Where(row => pupils.Contains(row.PupilId)).GroupBy(row => row.PupilId)
            .Select(tags => new { tags.Key, First = tags.Min(tag => tag.TaggedAt) }).ToDictionaryAsync(it => it.Key, it => (DateTimeOffset?)it.First, cancel);
        var texts = await keys.TextsAsync(school, pupils, cancel);
        var over = new List<Guid>();
        foreach (var pupil in await db.Pupils.AsNoTracking().Where(row => pupils.Contains(row.Id)).ToListAsync(cancel))
        {
            pupil.Open(texts[pupil.Id]);
            foreach (var answer in answers[pupil.Id]) answer.Open(texts[pupil.Id]);
            over.AddRange(AnswerLifetime.Over(pupil, [.. answers[pupil.Id]], before, tagged.GetValueOrDefault(pupil.Id), today, switches).Select(answer => answer.Id));
        }
        var deleted = over.Count == 0 ? 0 : await db.AsLifetimesAsync(async () =>
        {
            await db.Database.ExecuteSqlAsync($"delete from consent_invalidations where answer_id = any({over.ToArray()})", cancel);
            return await db.Database.ExecuteSqlAsync($"delete from consent_answers where id = any({over.ToArray()})", cancel);
        }, cancel);
        return Of(RecordKind.Consents, pupils[^1], deleted, before);
    }

    public async Task<LifetimeBatch<Guid>?> GuardiansAsync(Guid after, CancellationToken cancel)
    {
        var pupils = await LeaversAsync(switches.GuardianYears, after, cancel);
        if (pupils.Count == 0) return null;
        await db.LockPupilsToChangeAsync(pupils, cancel);
        // Asked again under the lock: a pupil who came back, or was named in a picture meanwhile, keeps them.
        var left = await LeaversAsync(switches.GuardianYears, after, cancel);
        var deleted = await db.AsLifetimesAsync(() => db.Database.ExecuteSqlAsync($"delete from guardians where pupil_id = any({left.Intersect(pupils).ToArray()})", cancel), cancel);
        return Of(RecordKind.Guardians, pupils[^1], deleted, Before(switches.GuardianYears));
    }

    /// <summary>Of photos that are destroyed, every known copy of which has been down for as long.</summary>
    public async Task<LifetimeBatch<Guid>?> DisclosuresAsync(Guid after, CancellationToken cancel)
    {
        var before = Before(switches.DisclosureYears);
        var photos = await db.Database.SqlQuery<Guid>($"""
            select photo_id as "Value" from certificates
            where school_id = {school} and photo_id > {after} and issued_at < {before}
              and not exists (select from photos where id = certificates.photo_id)
              -- What was made from it and lives may be held for its sake.
              and not exists (select from redactions join photos on photos.id = redactions.photo_id where source_id = certificates.photo_id)
              and not exists (select from removals where photo_id = certificates.photo_id and ((done_at is null and cancelled_at is null) or done_at >= {before}))
              and not exists (
                select from publications where photo_id = certificates.photo_id and not exists (
                  select from removals where publication_id = publications.id and done_at >= published_at))
            order by photo_id limit {Photos}
            """).ToArrayAsync(cancel);
        if (photos.Length == 0) return null;
        var publications = await db.Publications.Where(row => photos.Contains(row.PhotoId)).Select(row => row.Id).ToListAsync(cancel);
        var deleted = await db.AsLifetimesAsync(async () =>
            await db.Database.ExecuteSqlAsync($"delete from removals where photo_id = any({photos})", cancel)
            + await db.Database.ExecuteSqlAsync($"delete from publications where photo_id = any({photos})", cancel)
            + await db.Database.ExecuteSqlAsync($"delete from certificates where photo_id = any({photos})", cancel), cancel);
        return Of(RecordKind.Disclosures, photos[^1], deleted, before) with { Keys = publications };
    }

    /// <param name="kind">The access log, or the rest.</param>
    /// <param name="years">Of that kind.</param>
    /// <param name="after">Id of the last entry looked at.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<LifetimeBatch<long>?> EntriesAsync(RecordKind kind, int years, long after, CancellationToken cancel)
    {
        var before = Before(years);
        // Nothing goes that the ledger has not been told.
        var rows = await db.Database.SqlQuery<Sealed>($"""
            select entry.id as "Id", seal.position as "Position", seal.digest as "Digest"
            from audit_entries entry join audit_seals seal on seal.entry_id = entry.id
            where entry.school_id = {school} and entry.id > {after} and entry.at < {before}
              and (entry.event = any({AccessLog.Events.ToArray()})) = {kind == RecordKind.AccessLog} and entry.event <> {ForgottenBatch.Event}
              and seal.position <= (select max(position) from ledger_marks where school_id = {school})
              and not exists (select from photos where id = entry.photo_id)
              and not exists (select from removals where photo_id = entry.photo_id and done_at is null and cancelled_at is null)
            order by entry.id limit {Entries}
            """).ToListAsync(cancel);
        if (rows.Count == 0) return null;
        var ids = rows.Select(row => row.Id).ToArray();
        var deleted = await db.AsLifetimesAsync(() => db.Database.ExecuteSqlAsync($"delete from audit_entries where id = any({ids})", cancel), cancel);
        var batch = ForgottenBatch.Of(Words.Of(kind), before, [.. rows.OrderBy(row => row.Position).Select(row => (row.Position, row.Digest))]);
        return new(rows[^1].Id, deleted, new { batch.Kind, count = deleted, batch.Before, batch.Positions, batch.Seals }, []);
    }

    private DateTimeOffset Before(int years) => SchoolDays.StartOf(today.AddYears(-years), zone);

    private static LifetimeBatch<Guid> Of(RecordKind kind, Guid last, int deleted, DateTimeOffset before) =>
        new(last, deleted, new { kind = Words.Of(kind), count = deleted, before }, []);

    private sealed record Sealed(long Id, long Position, byte[] Digest);
}
