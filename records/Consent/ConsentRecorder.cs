using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Consent;

/// <summary>An answer as it reached the office.</summary>
/// <param name="GuardianId">The guardian's pseudonym, where the school has one.</param>
/// <param name="AnsweredAt">When the person answered; null means now.</param>
/// <param name="ExpiresOn">Last day it is valid; null means no end.</param>
public sealed record NewAnswer(
    Channel Channel,
    Answer Answer,
    AnswererKind ByKind,
    string ByName,
    string? GuardianId,
    AnswerRoute Route,
    string NoticeVersion,
    DateTimeOffset? AnsweredAt,
    DateOnly? ExpiresOn);

/// <summary>Answers are recorded and, in error, invalidated; never edited. What follows for photos follows in the same commit.</summary>
public sealed class ConsentRecorder(RecordsDb db, PupilDesk pupils, KeyStore keys, Removals removals, PhotoStandings standings, ReadLog reads)
{
    /// <summary>Records an answer: in force from the commit on.</summary>
    /// <returns>The answer's id.</returns>
    /// <exception cref="Refusal">
    /// <c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c>, <c>answer-in-future</c>, <c>unknown-guardian</c>,
    /// <c>no-parental-responsibility</c>, <c>consent-not-in-writing</c> 422.
    /// </exception>
    public async Task<Guid> RecordAsync(Act act, string misId, NewAnswer told, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.KeepConsents.Must(act.By);
        var name = Fields.Needed(told.ByName, "by.name", 200);
        var notice = Fields.Needed(told.NoticeVersion, "noticeVersion", 100);

        var (transaction, now) = await BeginInTurnAsync(pupil.Id, cancel);
        await using var ended = transaction;
        await CheckAsync(act, pupil, told, now, cancel);
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel) ?? throw Refusals.NotFound("pupil");
        var id = Guid.CreateVersion7();
        var answer = new ConsentAnswer
        {
            Id = id,
            SchoolId = act.SchoolId,
            PupilId = pupil.Id,
            Channel = told.Channel,
            Answer = told.Answer,
            ByKind = told.ByKind,
            ByName = ConsentAnswer.Sealed(name, text, id),
            GuardianId = told.GuardianId,
            Route = told.Route,
            NoticeVersion = notice,
            AnsweredAt = told.AnsweredAt ?? now,
            ExpiresOn = told.ExpiresOn,
            RecordedAt = now,
            RecordedBy = act.By.Person,
        };
        db.ConsentAnswers.Add(answer);
        await db.SaveChangesAsync(cancel);
        await FollowAsync(act, pupil.Id, told.Channel, cancel);
        act.Answers(201, answer.Id);
        await db.CommitAsync(act, cancel, Happened("consent.recorded", answer));
        return answer.Id;
    }

    /// <summary>Says that an answer was recorded in error: it stays readable and no longer counts. A second time changes nothing.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task InvalidateAsync(Act act, Guid answerId, string reason, CancellationToken cancel)
    {
        var answer = await FindAsync(act, answerId, cancel);
        Rights.KeepConsents.Must(act.By);
        reason = Fields.Needed(reason, "reason", 500);

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPupilsToChangeAsync([answer.PupilId], cancel);
        act.Answers(200, answer.Id);
        if (await db.ConsentInvalidations.AnyAsync(row => row.AnswerId == answer.Id, cancel))
        {
            await db.CommitAsync(act, cancel);
            return;
        }

        var text = await keys.TextAsync(act.SchoolId, answer.PupilId, cancel) ?? throw Refusals.NotFound("answer");
        db.ConsentInvalidations.Add(new ConsentInvalidation
        {
            AnswerId = answer.Id,
            SchoolId = act.SchoolId,
            Reason = text.Seal(reason, ConsentInvalidation.ReasonPlace, answer.Id),
            InvalidatedBy = act.By.Person,
        });
        await db.SaveChangesAsync(cancel);
        await FollowAsync(act, answer.PupilId, answer.Channel, cancel);
        await db.CommitAsync(act, cancel, Happened("consent.invalidated", answer));
    }

    /// <summary>An answer, valid or not.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<ConsentAnswer> ShowAsync(Act act, Guid answerId, CancellationToken cancel)
    {
        var answer = await FindAsync(act, answerId, cancel);
        Rights.KeepConsents.Must(act.By);
        answer.Open(await keys.TextAsync(act.SchoolId, answer.PupilId, cancel));
        return answer;
    }

    /// <summary>Every answer for a pupil in the order of recording, those recorded in error included.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<List<ConsentAnswer>> ListAsync(Act act, string misId, Guid? after, int limit, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.KeepConsents.Must(act.By);
        var answers = await db.ConsentAnswers.AsNoTracking().Where(row => row.PupilId == pupil.Id && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel);
        foreach (var answer in answers) answer.Open(text);
        await reads.PupilOpenedAsync(act, pupil.Id, cancel);
        return answers;
    }

    /// <summary>
    /// Locks the pupil in a transaction whose now() is later than every answer recorded before: the order of the answers is then
    /// the order of their commits, and a no never counts as older than a yes that was committed before it.
    /// </summary>
    private async Task<(IDbContextTransaction, DateTimeOffset Now)> BeginInTurnAsync(Guid pupil, CancellationToken cancel)
    {
        for (var again = 0; ; again++)
        {
            var transaction = await db.BeginAsync(cancel);
            try
            {
                await db.LockPupilsToChangeAsync([pupil], cancel);
                var now = await db.NowAsync(cancel);
                var last = await db.ConsentAnswers.Where(row => row.PupilId == pupil).MaxAsync(row => (DateTimeOffset?)row.RecordedAt, cancel);
                if (last is null || last < now) return (transaction, now);
                // Recorded by a clock that was put back since: a no must not count as older for years, nor be kept waiting.
                if (again == 5) return (transaction, last.Value.AddMicroseconds(1));
            }
            catch
            {
                await transaction.DisposeAsync();
                throw;
            }

            await transaction.DisposeAsync();
        }
    }

    private async Task CheckAsync(Act act, Pupil pupil, NewAnswer told, DateTimeOffset now, CancellationToken cancel)
    {
        if (told.AnsweredAt > now)
            throw new Refusal("answer-in-future", 422, "'answeredAt' is in the future. Please check the date and time.");
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == act.SchoolId, cancel)).TimeZone();
        if (told.ExpiresOn < SchoolDays.DateOf(told.AnsweredAt ?? now, zone))
            throw Refusals.Invalid("'expiresOn' is before the day of the answer. Please check it.");
        if (told.GuardianId is not null) await CheckGuardianAsync(pupil, told, cancel);
        // P1: consent is explicit and written; a no is taken by any route.
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId, cancel);
        if (switches.GivenInWriting && told is { Answer: Answer.Given, Route: AnswerRoute.Phone })
        {
            throw new Refusal(
                "consent-not-in-writing", 422, "Consent has to be in writing: ask for it on paper, by e-mail or online.");
        }
    }

    private async Task CheckGuardianAsync(Pupil pupil, NewAnswer told, CancellationToken cancel)
    {
        if (told.ByKind != AnswererKind.Guardian) throw Refusals.Invalid("'by.guardianId' is for guardians only.");
        var guardian = await db.Guardians.AsNoTracking()
            .SingleOrDefaultAsync(row => row.PupilId == pupil.Id && row.GuardianId == told.GuardianId, cancel)
            ?? throw new Refusal("unknown-guardian", 422, "This pupil has no guardian of that id. Please add the guardian first.");
        if (told.Answer == Answer.Given && !guardian.Responsibility)
        {
            throw new Refusal(
                "no-parental-responsibility", 422, "This guardian has no parental responsibility on record, and cannot give consent.");
        }
    }

    private async Task<ConsentAnswer> FindAsync(Act act, Guid answerId, CancellationToken cancel) =>
        await db.ConsentAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == answerId, cancel)
            ?? throw Refusals.NotFound("answer");

    /// <summary><c>internal</c> is the root of every channel.</summary>
    private Task FollowAsync(Act act, Guid pupil, Channel channel, CancellationToken cancel) => channel == Channel.Internal
        ? db.FollowPupilAsync(removals, act, pupil, cancel)
        : db.FollowPupilOnAsync(removals, standings, act, pupil, channel, cancel);

    private static AuditEvent Happened(string what, ConsentAnswer answer) => new(
        what, null, "answer", answer.Id.ToString(),
        new { pupil = answer.PupilId, channel = Words.Of(answer.Channel), answer = Words.Of(answer.Answer), route = Words.Of(answer.Route) });
}
