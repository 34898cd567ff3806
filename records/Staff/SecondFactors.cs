using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>What a person has to sign in with, as they see it.</summary>
/// <param name="Codes">They have an app that makes codes.</param>
/// <param name="RecoveryCodes">How many are left.</param>
/// <param name="Needed">Their role needs a second factor.</param>
/// <param name="SchoolAccounts">Providers by which they sign in.</param>
public sealed record SignInMeans(
    string? SignInName, bool Password, bool Codes, int RecoveryCodes, IReadOnlyList<Passkey> Passkeys, IReadOnlyList<string> SchoolAccounts, bool Needed)
{
    public bool HasSecond => Codes || Passkeys.Count > 0;
}

/// <summary>A person sets up codes of an app; the ICT lead takes a lost second factor away.</summary>
public sealed class SecondFactors(RecordsDb db, KeyStore keys)
{
    internal const string SecretPlace = "staff.totp_secret";

    public async Task<SignInMeans> ShowAsync(Act act, CancellationToken cancel)
    {
        var person = await db.Staff.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person, cancel);
        return new(
            person.SignInName,
            person.PasswordHash is not null,
            person.TotpSecret is not null,
            await db.RecoveryCodes.CountAsync(row => row.StaffId == person.Id, cancel),
            await db.Passkeys.AsNoTracking().Where(row => row.StaffId == person.Id).OrderBy(row => row.CreatedAt).ToListAsync(cancel),
            await db.SchoolAccounts.Where(row => row.StaffId == person.Id).Select(row => row.Provider).Distinct().ToListAsync(cancel),
            SecondFactor.IsNeeded(person.Roles));
    }

    /// <summary>Begins the set-up of codes: nothing changes before the first code is shown to be right.</summary>
    /// <returns>The secret for the app, told once, and the secret of the step.</returns>
    public async Task<(string Secret, string Step)> BeginCodesAsync(Act act, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = await PersonAsync(act, cancel);
        var secret = Totp.NewSecret();
        var kept = (await KeyAsync(person.SchoolId, cancel)).Seal(secret, SecretPlace, person.Id).Kept!;
        var step = await db.AddStepAsync(StepKind.NewCodes, person, cancel, state: Convert.ToBase64String(kept));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (secret, step);
    }

    /// <summary>The secret of a set-up that was begun, to show it again after a code that was mistyped.</summary>
    /// <exception cref="Refusal"><c>step-too-old</c> 410.</exception>
    public async Task<string> BegunCodesAsync(Act act, string? step, CancellationToken cancel) =>
        (await BegunAsync(act, await db.FindStepAsync(StepKind.NewCodes, step, cancel), cancel)).Text!;

    /// <summary>Shows the first code of the app: from now on the person signs in with one. An app before it is no longer asked.</summary>
    /// <returns>Recovery codes, told once; none where the person has some already.</returns>
    /// <exception cref="Refusal"><c>step-too-old</c> 410 · <c>code-wrong</c> 422: the step goes on.</exception>
    public async Task<IReadOnlyList<string>> ConfirmCodesAsync(Act act, string? step, string code, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var begun = await db.LockStepAsync(StepKind.NewCodes, step, cancel);
        var secret = await BegunAsync(act, begun, cancel);
        var person = await PersonAsync(act, cancel);
        if (Totp.Step(secret.Text!, Digits(code), 0, await db.NowAsync(cancel)) is not { } used) throw CodeWrong();
        (person.TotpSecret, person.TotpStep) = (secret, used);
        db.SignInSteps.Remove(begun);
        var codes = await FirstCodesAsync(person, cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("staff.codes-set-up", null, "staff", person.Id.ToString()));
        return codes;
    }

    /// <summary>New recovery codes in place of those before.</summary>
    /// <exception cref="Refusal"><c>second-factor-missing</c> 409: there is nothing to recover.</exception>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Act act, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = await PersonAsync(act, cancel);
        if (!await db.HasSecondAsync(person, cancel))
            throw new Refusal("second-factor-missing", 409, "Recovery codes come with a passkey or an authenticator app. Please set up one of them first.");
        var codes = await db.NewCodesAsync(person, cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("staff.recovery-codes-made", null, "staff", person.Id.ToString()));
        return codes;
    }

    /// <summary>The person's app is no longer asked.</summary>
    /// <exception cref="Refusal"><c>second-factor-needed</c> 409: their role needs one and this is the last.</exception>
    public async Task StopCodesAsync(Act act, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = await PersonAsync(act, cancel);
        if (SecondFactor.IsNeeded(person.Roles) && !await db.Passkeys.AnyAsync(row => row.StaffId == person.Id, cancel)) throw Needed();
        person.TotpSecret = null;
        await db.CommitAsync(act, cancel, new AuditEvent("staff.codes-stopped", null, "staff", person.Id.ToString()));
    }

    /// <summary>
    /// Takes away every second factor and ends every session of somebody who has lost theirs; a new link then leads to a new one. The ICT
    /// lead is to see the person: whoever asks by telephone may be somebody else.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task ResetAsync(Act act, Guid staffId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = await db.LockStaffAsync(act.SchoolId, staffId, cancel) ?? throw Refusals.NotFound("person");
        act.By.MustAdminister();
        await db.TakeSecondFactorsAsync(person, cancel);
        await db.Sessions.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("staff.second-factor-reset", null, "staff", person.Id.ToString()));
    }

    /// <summary>The key under which the school's shared secrets are sealed.</summary>
    internal async Task<TextKey> KeyAsync(Guid school, CancellationToken cancel) => TextKey.Of(await keys.SchoolDigestKeyAsync(school, cancel));

    /// <summary>Recovery codes for whoever has none yet, in the operation under way.</summary>
    internal async Task<IReadOnlyList<string>> FirstCodesAsync(StaffMember person, CancellationToken cancel) =>
        await db.RecoveryCodes.AnyAsync(row => row.StaffId == person.Id, cancel) ? [] : await db.NewCodesAsync(person, cancel);

    internal static Refusal CodeWrong() => new("code-wrong", 422, "That code is not right. Codes change every 30 seconds; please wait for the next one and try again.");

    internal static Refusal Needed() => new(
        "second-factor-needed", 409, "Your role needs a second way to prove who you are, and this is your last. Please set up another one first.");

    internal static string Digits(string? code) => new([.. (code ?? "").Where(char.IsAsciiDigit)]);

    private async Task<SealedText> BegunAsync(Act act, SignInStep begun, CancellationToken cancel)
    {
        if (begun.StaffId != act.By.Person) throw SignInSteps.TooOld();
        var secret = SealedText.Read(Convert.FromBase64String(begun.State!));
        secret.Open(await KeyAsync(act.SchoolId, cancel), SecretPlace, act.By.Person);
        return secret;
    }

    private async Task<StaffMember> PersonAsync(Act act, CancellationToken cancel) =>
        (await db.LockStaffAsync(act.SchoolId, act.By.Person, cancel))!;
}

internal static class SecondFactorRows
{
    /// <summary>The person, kept from everybody else until the operation ends; null where there is none who works here.</summary>
    public static Task<StaffMember?> LockStaffAsync(this RecordsDb db, Guid school, Guid staff, CancellationToken cancel) => db.Staff
        .FromSql($"select * from staff where school_id = {school} and id = {staff} and left_at is null for update").SingleOrDefaultAsync(cancel);

    public static async Task<bool> HasSecondAsync(this RecordsDb db, StaffMember person, CancellationToken cancel) =>
        person.TotpSecret is not null || await db.Passkeys.AnyAsync(row => row.StaffId == person.Id, cancel);

    /// <summary>Who needs a second factor from now on goes on in no session that began without one, in the operation under way.</summary>
    /// <param name="before">The roles until now.</param>
    public static async Task EndWeakSessionsAsync(this RecordsDb db, StaffMember person, Role[] before, CancellationToken cancel)
    {
        if (SecondFactor.IsNeeded(person.Roles) && !SecondFactor.IsNeeded(before))
            await db.Sessions.Where(row => row.StaffId == person.Id && !row.SecondFactor).ExecuteDeleteAsync(cancel);
    }

    /// <summary>In the operation under way.</summary>
    public static async Task TakeSecondFactorsAsync(this RecordsDb db, StaffMember person, CancellationToken cancel)
    {
        person.TotpSecret = null;
        await db.Passkeys.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.RecoveryCodes.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.SignInSteps.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
    }
}
