using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>What the office writes about a pupil.</summary>
/// <param name="LeftOn">Last day at the school; null while the pupil is there.</param>
public sealed record PupilFacts(string GivenName, string FamilyName, DateOnly DateOfBirth, string ClassName, DateOnly? LeftOn)
{
    internal PupilIdentity Identity => new(GivenName, FamilyName, DateOfBirth);
}

/// <summary>The office keeps the list of pupils.</summary>
public sealed class PupilDesk(RecordsDb db, KeyStore keys, Removals removals, ReadLog reads)
{
    /// <summary>Writes the pupil as told; telling the same again changes nothing.</summary>
    /// <param name="misId">The school's pseudonym, never a name.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task PutAsync(Act act, string misId, PupilFacts told, CancellationToken cancel)
    {
        Rights.KeepPupils.Must(act.By);
        Pseudonym.Check(misId, "misId");
        told = await CheckedAsync(act, told, cancel);

        await using var transaction = await db.BeginAsync(cancel);
        var id = await IdAsync(act, misId, cancel);
        if (id == Guid.Empty)
        {
            await db.LockSchoolToAddAsync(act.SchoolId, cancel);
            id = await IdAsync(act, misId, cancel);
        }

        if (id == Guid.Empty) await AddAsync(act, misId, told, cancel);
        else await ChangeAsync(act, id, told, cancel);
    }

    /// <summary>Finds a pupil of the school.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task<Pupil> FindAsync(Act act, string misId, CancellationToken cancel)
    {
        var pupil = await db.Pupils.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.MisId == misId, cancel)
            ?? throw Refusals.NotFound("pupil");
        pupil.Open(await keys.TextAsync(act.SchoolId, pupil.Id, cancel));
        return pupil;
    }

    /// <summary>Finds a pupil of the school to be shown to somebody, which is logged.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task<Pupil> OpenAsync(Act act, string misId, CancellationToken cancel)
    {
        var pupil = await FindAsync(act, misId, cancel);
        await reads.PupilOpenedAsync(act, pupil.Id, cancel);
        return pupil;
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<Pupil> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        var pupil = await db.Pupils.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == id, cancel)
            ?? throw Refusals.NotFound("pupil");
        Rights.KeepPupils.Must(act.By);
        pupil.Open(await keys.TextAsync(act.SchoolId, pupil.Id, cancel));
        return pupil;
    }

    /// <summary>
    /// The school's pupils, or those of one class. A teacher needs them to say who is in a picture, the safeguarding lead to find
    /// whom to block.
    /// </summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<List<Pupil>> ListAsync(Act act, string? className, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.SeePupils.Must(act.By);
        var pupils = await db.Pupils.AsNoTracking()
            .Where(row => row.SchoolId == act.SchoolId && (className == null || row.ClassName == className) && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
        var texts = await keys.TextsAsync(act.SchoolId, [.. pupils.Select(pupil => pupil.Id)], cancel);
        foreach (var pupil in pupils) pupil.Open(texts[pupil.Id]);
        await reads.PupilsListedAsync(act, className, pupils.Count, cancel);
        return pupils;
    }

    private Task<Guid> IdAsync(Act act, string misId, CancellationToken cancel) => db.Pupils
        .Where(row => row.SchoolId == act.SchoolId && row.MisId == misId).Select(row => row.Id).SingleOrDefaultAsync(cancel);

    private async Task AddAsync(Act act, string misId, PupilFacts told, CancellationToken cancel)
    {
        var pupil = new Pupil
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            MisId = misId,
            ClassName = told.ClassName,
            LeftOn = told.LeftOn,
        };
        pupil.Write(told.Identity, TextKey.Of(await keys.CreateAsync(KeyOf.Pupil, act.SchoolId, pupil.Id, cancel)));
        db.Pupils.Add(pupil);
        act.Answers(201, pupil.Id);
        await db.CommitAsync(act, cancel, new AuditEvent("pupil.added", null, "pupil", pupil.Id.ToString()));
    }

    private async Task ChangeAsync(Act act, Guid id, PupilFacts told, CancellationToken cancel)
    {
        await db.LockPupilsToChangeAsync([id], cancel);
        var pupil = await db.Pupils.SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw Refusals.NotFound("pupil");
        var text = await keys.TextAsync(act.SchoolId, id, cancel) ?? throw Refusals.NotFound("pupil");
        pupil.Open(text);
        act.Answers(200, pupil.Id);
        var before = new PupilFacts(pupil.GivenName, pupil.FamilyName, pupil.DateOfBirth ?? default, pupil.ClassName, pupil.LeftOn);
        if (before == told)
        {
            await db.CommitAsync(act, cancel);
            return;
        }

        pupil.Write(told.Identity, text);
        (pupil.ClassName, pupil.LeftOn) = (told.ClassName, told.LeftOn);
        // Names and nothing else may change without a photo becoming more or less cleared, or known to other teachers.
        if (before with { GivenName = told.GivenName, FamilyName = told.FamilyName } != told)
            await db.FollowPupilAsync(removals, act, pupil.Id, cancel);
        AuditEvent changed = new("pupil.changed", null, "pupil", pupil.Id.ToString());
        // What a restored backup must not forget: from then on less is shown.
        AuditEvent[] events = told.LeftOn is { } left && !(before.LeftOn <= left)
            ? [changed, new("pupil.left", null, "pupil", pupil.Id.ToString(), new { leftOn = left })]
            : [changed];
        await db.CommitAsync(act, cancel, events);
    }

    private async Task<PupilFacts> CheckedAsync(Act act, PupilFacts told, CancellationToken cancel)
    {
        var school = await db.Schools.AsNoTracking().SingleAsync(row => row.Id == act.SchoolId, cancel);
        var today = SchoolDays.DateOf(await db.NowAsync(cancel), school.TimeZone());
        if (told.DateOfBirth > today) throw Refusals.Invalid("'dateOfBirth' is in the future. Please check it.");
        if (told.DateOfBirth < today.AddYears(-120)) throw Refusals.Invalid("'dateOfBirth' is too long ago. Please check it.");
        if (told.LeftOn < told.DateOfBirth) throw Refusals.Invalid("'leftOn' is before the pupil was born. Please check it.");
        return told with
        {
            GivenName = Fields.Needed(told.GivenName, "givenName", 100),
            FamilyName = Fields.Needed(told.FamilyName, "familyName", 100),
            ClassName = Fields.Needed(told.ClassName, "className", 50),
        };
    }
}
