using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>How many years records are kept (docs/decisions/0020).</summary>
/// <param name="Consents">Answers that their person has replaced, 1 to 30; no less than pictures are kept.</param>
/// <param name="Guardians">Guardians of pupils who left, 0 to 30; no more than the pupils themselves.</param>
/// <param name="Leavers">Pupils who left and are in no picture any more, 0 to 30.</param>
/// <param name="AccessLog">Who opened which picture and who signed in, 1 to 30.</param>
/// <param name="Disclosures">Where destroyed pictures had gone, and their certificates, 1 to 30; no less than pictures are kept.</param>
/// <param name="Audit">The rest of the audit, to 100; no less than any other kind. Null for ever.</param>
public sealed record LifetimeYears(int Consents, int Guardians, int Leavers, int AccessLog, int Disclosures, int? Audit)
{
    internal static LifetimeYears Of(PolicySwitches it) =>
        new(it.ConsentYears, it.GuardianYears, it.LeaverYears, it.AccessLogYears, it.DisclosureYears, it.AuditYears);

    /// <summary>Whether every duty that needs a record still finds it.</summary>
    /// <param name="pictures">Years that pictures are kept.</param>
    /// <exception cref="Refusal"><c>lifetime-too-short</c> 422 · <c>invalid</c> 422.</exception>
    internal void Check(int pictures)
    {
        Within(Consents, "consents", 0, 30);
        Within(Guardians, "guardians", 0, 30);
        Within(Leavers, "leavers", 0, 30);
        Within(AccessLog, "accessLog", 0, 30);
        Within(Disclosures, "disclosures", 0, 30);
        Within(Audit ?? 0, "audit", 0, 100);
        if (Consents < pictures) throw TooShort($"Answers have to be kept for {pictures} years at least, as long as pictures are: the school has to be able to show the consent by which it holds one.");
        if (Disclosures < pictures) throw TooShort($"Where pictures went has to be kept for {pictures} years at least: whoever got one has to be told when it is deleted.");
        if (Leavers < Guardians) throw TooShort("Guardians cannot be kept for longer than the pupil they answer for.");
        if (AccessLog < 1) throw TooShort("Who opened which picture has to be kept for a year at least: else nobody could look into what happened.");
        if (Audit < Math.Max(Math.Max(Consents, Leavers), Math.Max(AccessLog, Disclosures)))
            throw TooShort("The audit has to be kept for as long as every other kind of record: it shows what became of them.");
    }

    private static void Within(int years, string field, int least, int most)
    {
        if (years < least || years > most) throw Refusals.Invalid($"'{field}' is a number of years from {least} to {most}.");
    }

    private static Refusal TooShort(string sentence) => new("lifetime-too-short", 422, sentence);
}

/// <summary>The head or the ICT lead says how long records live.</summary>
public sealed class LifetimeDesk(RecordsDb db)
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<LifetimeYears> ShowAsync(Act act, CancellationToken cancel)
    {
        Rights.KeepLifetimes.Must(act.By);
        return LifetimeYears.Of(await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId, cancel));
    }

    /// <summary>The last night's run; null before the first.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<LifetimeRun?> LastAsync(Act act, CancellationToken cancel)
    {
        Rights.KeepLifetimes.Must(act.By);
        return db.LifetimeRuns.AsNoTracking().Where(row => row.SchoolId == act.SchoolId).OrderByDescending(row => row.Night).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Sets how long records live, from the next run on; setting the same again changes nothing.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>lifetime-too-short</c>, <c>invalid</c> 422.</exception>
    public async Task SetAsync(Act act, LifetimeYears years, CancellationToken cancel)
    {
        Rights.KeepLifetimes.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        var switches = await db.PolicySwitches.FromSql($"select * from policy_switches where school_id = {act.SchoolId} for update").SingleAsync(cancel);
        years.Check(switches.RetentionYears);
        var before = LifetimeYears.Of(switches);
        (switches.ConsentYears, switches.GuardianYears, switches.LeaverYears) = (years.Consents, years.Guardians, years.Leavers);
        (switches.AccessLogYears, switches.DisclosureYears, switches.AuditYears) = (years.AccessLog, years.Disclosures, years.Audit);
        act.Answers(200, act.SchoolId);
        AuditEvent[] events = before == years ? [] : [new(
            "school.lifetimes-changed", null, "school", act.SchoolId.ToString(), new { from = before, to = years })];
        await db.CommitAsync(act, cancel, events);
    }
}
