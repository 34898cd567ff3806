using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>The office keeps who answers for a pupil.</summary>
public sealed class GuardianDesk(RecordsDb db, PupilDesk pupils, KeyStore keys, ReadLog reads)
{
    /// <summary>Writes the guardian as told; telling the same again changes nothing.</summary>
    /// <param name="responsibility">Has parental responsibility. What was answered before keeps counting.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task PutAsync(
        Act act, string misId, string guardianId, string name, string? email, bool responsibility, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.KeepGuardians.Must(act.By);
        Pseudonym.Check(guardianId, "guardianId");
        name = Fields.Needed(name, "name", 200);
        email = Fields.Optional(email, "email", 254);
        if (email is not null && (email.IndexOf('@', StringComparison.Ordinal) < 1 || email.Any(char.IsWhiteSpace)))
            throw Refusals.Invalid("'email' is not an e-mail address.");

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPupilsToChangeAsync([pupil.Id], cancel);
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel) ?? throw Refusals.NotFound("pupil");
        var known = await db.Guardians.SingleOrDefaultAsync(row => row.PupilId == pupil.Id && row.GuardianId == guardianId, cancel);
        var guardian = known ?? new()
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            PupilId = pupil.Id,
            GuardianId = guardianId,
        };
        known?.Open(text);
        var same = known is not null && (known.Name.Text, known.Email?.Text, known.Responsibility) == (name, email, responsibility);
        if (!same) guardian.Write(name, email, text);
        guardian.Responsibility = responsibility;
        if (known is null) db.Guardians.Add(guardian);
        act.Answers(known is null ? 201 : 200, guardian.Id);
        AuditEvent[] events = same ? [] : [new(
            known is null ? "guardian.added" : "guardian.changed", null, "guardian", guardian.Id.ToString(), new { pupil = pupil.Id, responsibility })];
        await db.CommitAsync(act, cancel, events);
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<Guardian> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        var guardian = await db.Guardians.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == id, cancel)
            ?? throw Refusals.NotFound("guardian");
        Rights.KeepGuardians.Must(act.By);
        guardian.Open(await keys.TextAsync(act.SchoolId, guardian.PupilId, cancel));
        return guardian;
    }

    /// <summary>A pupil's guardians.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<List<Guardian>> ListAsync(Act act, string misId, Guid? after, int limit, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.KeepGuardians.Must(act.By);
        var guardians = await db.Guardians.AsNoTracking().Where(row => row.PupilId == pupil.Id && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel);
        foreach (var guardian in guardians) guardian.Open(text);
        await reads.PupilOpenedAsync(act, pupil.Id, cancel);
        return guardians;
    }
}
