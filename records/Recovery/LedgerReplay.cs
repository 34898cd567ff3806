using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// Tells restored records what the ledger knows and they do not: what was destroyed is destroyed again, every no is a no again, and
/// whatever else took a picture away takes it away again, or puts it back before a screener (field/reliability.md, I29, I33). Only
/// what is stricter is told; what allowed more since the backup has to be done anew by people. Run again, it does the same.
/// </summary>
public sealed class LedgerReplay(RecordsDb db, KeyStore keys, Removals removals, RemovalSweep sweep, PupilErasure erasure)
{
    /// <summary>Replays the whole ledger; each school in one commit, at whose end its chain goes on behind the ledger's head.</summary>
    /// <returns>Facts that the records did not know.</returns>
    public async Task<int> RunAsync(Guid restore, LedgerBook ledger, CancellationToken cancel)
    {
        var told = 0;
        var schools = await db.Schools.AsNoTracking().Select(row => row.Id).ToListAsync(cancel);
        foreach (var school in schools)
        {
            // Keys first: from here on no copy of what was destroyed opens, whatever happens to this run.
            await DestroyKeysAsync(ledger[school], cancel);
            told += await TellAsync(restore, school, ledger[school], cancel);
        }
        foreach (var school in ledger.Schools.Except(schools))
            await DestroyKeysAsync(ledger[school], cancel);
        foreach (var school in schools) await EraseAsync(ledger[school], cancel);
        foreach (var school in schools) await sweep.FollowAsync(school, copiesToo: true, cancel);
        await sweep.QueueAsync(cancel);
        return told;
    }

    private async Task DestroyKeysAsync(SchoolLedger ledger, CancellationToken cancel)
    {
        foreach (var fact in ledger.Facts.Values)
        {
            if (fact.Event == "photo.tombstoned") await keys.DestroyAsync(fact.Photo!.Value, cancel);
            if (fact.Event == "pupil.erased") await keys.DestroyAsync(KeyOf.Pupil, Id(fact), cancel);
        }
    }

    private async Task EraseAsync(SchoolLedger ledger, CancellationToken cancel)
    {
        foreach (var fact in ledger.Facts.Values.Where(fact => fact.Event == "pupil.erased"))
        {
            try
            {
                await erasure.EraseAsync(Act.OfSystem(fact.School), Id(fact), cancel);
            }
            catch (Refusal)
            {
                // Came after the backup, or is in pictures again that are still to be destroyed: without the key nothing about them opens.
            }
        }
    }

    /// <summary>Stands where a person's words are lost; empty where the key is gone that would seal it.</summary>
    private async Task<byte[]> SealAsync(LedgerFact fact, Guid subject, string place, Guid row, CancellationToken cancel) =>
        (await keys.TextAsync(fact.School, subject, cancel))?.Seal("told by the ledger", place, row).Kept ?? [];

    private async Task<int> TellAsync(Guid restore, Guid school, SchoolLedger ledger, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({school.ToString()}, 7))", cancel);
        var known = (await db.Database.SqlQuery<long>($"""
            select greatest((select max(position) from audit_seals where school_id = {school}), (select max(position) from audit_bridges where school_id = {school}), 0) as "Value"
            """).ToListAsync(cancel))[0];
        if (ledger.Head <= known) return 0;

        var clerk = await db.Staff.Where(row => row.SchoolId == school).OrderBy(row => row.CreatedAt).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancel);
        var facts = ledger.Facts.Values.Where(fact => fact.Position > known).ToList();
        foreach (var fact in facts) await TellAsync(fact, clerk, cancel);
        db.ChangeTracker.Clear();
        db.AuditBridges.Add(new AuditBridge { SchoolId = school, AfterPosition = known, Position = ledger.Head, Digest = ledger.Heads[ledger.Head], RestoreId = restore });
        // Followers of the feed read from its beginning: what they were told since the backup is forgotten here.
        await db.Database.ExecuteSqlAsync($"update feed_heads set epoch = gen_random_uuid() where school_id = {school}", cancel);
        await db.CommitAsync(Act.OfSystem(school), cancel, new AuditEvent(
            "records.restored", SubjectKind: "restore", SubjectId: restore.ToString(), Details: new { after = known, ledger = ledger.Head, facts = facts.Count }));
        return facts.Count;
    }

    /// <param name="clerk">Stands for a person who came after the backup.</param>
    private async Task TellAsync(LedgerFact fact, Guid? clerk, CancellationToken cancel)
    {
        var school = fact.School;
        var by = fact.By is { } person && await db.Staff.AnyAsync(row => row.Id == person && row.SchoolId == school, cancel) ? person : clerk;
        switch (fact.Event)
        {
            case "photo.tombstoned" or "photo.destroyed" or "photo.erasure-asked" or "photo.taken-back":
                await DestroyAsync(fact, cancel);
                break;
            case "consent.recorded":
                await db.Database.ExecuteSqlAsync($"""
                    insert into consent_answers (id, school_id, pupil_id, channel, answer, by_kind, by_name, route, notice_version, answered_at, recorded_by)
                    select {Id(fact)}, {school}, pupils.id, {fact.Detail("channel")}, {fact.Detail("answer")}, 'guardian', {await SealAsync(fact, Of(fact, "pupil"), "consent_answers.by_name", Id(fact), cancel)}, {fact.Detail("route")},
                      'told by the ledger', {fact.At}, {by}::uuid
                    from pupils where id = {Of(fact, "pupil")} and school_id = {school} and {by}::uuid is not null
                    on conflict do nothing
                    """, cancel);
                break;
            case "consent.invalidated":
                await db.Database.ExecuteSqlAsync($"""
                    insert into consent_invalidations (answer_id, school_id, reason, invalidated_by)
                    select id, school_id, {await SealAsync(fact, Of(fact, "pupil"), "consent_invalidations.reason", Id(fact), cancel)}, {by}::uuid from consent_answers where id = {Id(fact)} and school_id = {school} and {by}::uuid is not null
                    on conflict do nothing
                    """, cancel);
                break;
            case "pupil.blocked":
                await db.Database.ExecuteSqlAsync($"""
                    insert into safeguarding_blocks (id, school_id, pupil_id, reason, placed_by)
                    select {Of(fact, "block")}, {school}, id, {await SealAsync(fact, Id(fact), "safeguarding_blocks.reason", Of(fact, "block"), cancel)}, {by}::uuid from pupils where id = {Id(fact)} and school_id = {school} and {by}::uuid is not null
                    on conflict do nothing
                    """, cancel);
                break;
            case "pupil.left":
                await db.Database.ExecuteSqlAsync($"""
                    update pupils set left_on = least(left_on, {fact.Detail("leftOn")}::date) where id = {Id(fact)} and school_id = {school}
                    """, cancel);
                break;
            case "concern.raised":
                await db.Database.ExecuteSqlAsync($"""
                    insert into concerns (id, school_id, photo_id, kind, raised_by)
                    select {Id(fact)}, {school}, id, {fact.Detail("kind")}, {by}::uuid from photos where id = {fact.Photo} and school_id = {school} and {by}::uuid is not null
                    on conflict do nothing
                    """, cancel);
                break;
            case "hold.placed":
                await db.Database.ExecuteSqlAsync($"""
                    insert into holds (id, school_id, photo_id, concern_id, reason, review_on, placed_by)
                    select {Id(fact)}, {school}, id, (select id from concerns where id = {Id(fact)}), {await SealAsync(fact, fact.Photo!.Value, "holds.reason", Id(fact), cancel)}, (now() + interval '28 days')::date, {by}::uuid
                    from photos where id = {fact.Photo} and school_id = {school} and {by}::uuid is not null
                    on conflict do nothing
                    """, cancel);
                break;
            case "photo.linked":
                await LinkAsync(fact, by, cancel);
                break;
            case "photo.screened":
                await ScreenAnewAsync(fact, by, cancel);
                break;
            case "activity.decided":
                await db.Database.ExecuteSqlAsync($"""
                    insert into activity_decisions (id, school_id, activity_id, created_by, decision, decided_by)
                    select gen_random_uuid(), {school}, id, created_by, 'declined', {by}::uuid from activities
                    where id = {Id(fact)} and school_id = {school} and created_by is distinct from {by}::uuid and {by}::uuid is not null
                    """, cancel);
                break;
            case "staff.left":
                await db.Database.ExecuteSqlAsync($"update staff set left_at = {fact.At} where id = {Id(fact)} and school_id = {school} and left_at is null", cancel);
                break;
            case "token.revoked":
                await db.Database.ExecuteSqlAsync($"update access_tokens set revoked_at = {fact.At} where id = {Id(fact)} and school_id = {school} and revoked_at is null", cancel);
                break;
            case "device.browser-enrolled":
                await db.Database.ExecuteSqlAsync($"update devices set browser_hash = null where id = {Id(fact)} and school_id = {school}", cancel);
                break;
            case "device.revoked":
                await db.Database.ExecuteSqlAsync($"update devices set revoked_at = {fact.At} where id = {Id(fact)} and school_id = {school} and revoked_at is null", cancel);
                break;
        }
    }

    /// <summary>Destroyed again with the same cause: the tombstone follows by the same path as ever.</summary>
    private async Task DestroyAsync(LedgerFact fact, CancellationToken cancel)
    {
        var cause = fact.Event switch
        {
            "photo.erasure-asked" => RemovalCause.Erasure,
            "photo.taken-back" => RemovalCause.WithdrawnByUploader,
            _ => Words.Parse<RemovalCause>(fact.Detail("cause")) ?? RemovalCause.Erasure,
        };
        // A hold that was released since the backup kept it then, and no longer.
        await db.Database.ExecuteSqlAsync($"delete from holds where photo_id = {fact.Photo} and {fact.Event} in ('photo.tombstoned', 'photo.destroyed')", cancel);
        await removals.OpenAsync(Act.OfSystem(fact.School), [fact.Photo!.Value], cause, null, cancel);
    }

    /// <summary>Whoever was said to be in it is in it again, and it is screened anew; whoever was taken out stays in.</summary>
    private async Task LinkAsync(LedgerFact fact, Guid? by, CancellationToken cancel)
    {
        if (by is null) return;
        var added = fact.Details.TryGetProperty("added", out var list) ? list.EnumerateArray().Select(pupil => pupil.GetGuid()).ToArray() : [];
        await db.Database.ExecuteSqlAsync($"""
            insert into photo_pupils (photo_id, pupil_id, school_id, tagged_by, tagged_at)
            select photos.id, pupils.id, photos.school_id, {by}, {fact.At} from photos join pupils on pupils.school_id = photos.school_id
            where photos.id = {fact.Photo} and photos.school_id = {fact.School} and pupils.id = any({added})
            on conflict do nothing
            """, cancel);
        await ScreenAnewAsync(fact, by, cancel);
    }

    private Task<int> ScreenAnewAsync(LedgerFact fact, Guid? by, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into screening_decisions (id, school_id, photo_id, uploaded_by, decision, decided_by)
        select gen_random_uuid(), school_id, id, uploaded_by, 'pending', {by}::uuid from photos
        where id = {fact.Photo} and school_id = {fact.School} and {by}::uuid is not null
        """, cancel);

    private static Guid Id(LedgerFact fact) => Guid.TryParse(fact.Subject, out var id) ? id : Guid.Empty;

    private static Guid Of(LedgerFact fact, string name) => Guid.TryParse(fact.Detail(name), out var id) ? id : Guid.Empty;
}
