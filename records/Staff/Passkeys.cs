using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>People keep passkeys and sign in by them. That an answer of an authenticator is right is checked by ASP.NET Core Identity before.</summary>
public sealed class Passkeys(RecordsDb db, SignIn signIn, SecondFactors seconds)
{
    private const int Most = 10;

    /// <summary>Keeps what an authenticator's answer will be held against.</summary>
    /// <param name="act">The person who adds a passkey; null where somebody signs in by one.</param>
    /// <param name="state">The challenge and whom it is for.</param>
    /// <returns>The secret of the step.</returns>
    public async Task<string> BeginAsync(Act? act, string state, CancellationToken cancel)
    {
        var person = act is null ? null : await db.Staff.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person, cancel);
        var step = await db.AddStepAsync(person is null ? StepKind.Passkey : StepKind.NewPasskey, person, cancel, state: state);
        await db.SaveChangesAsync(cancel);
        return step;
    }

    /// <summary>Gives what the answer is held against, once.</summary>
    /// <param name="act">As at the beginning.</param>
    /// <exception cref="Refusal"><c>step-too-old</c> 410.</exception>
    public async Task<string> TakeAsync(Act? act, string? step, CancellationToken cancel)
    {
        var taken = await db.TakeStepAsync(act is null ? StepKind.Passkey : StepKind.NewPasskey, step, cancel);
        return taken.StaffId == act?.By.Person ? taken.State! : throw SignInSteps.TooOld();
    }

    /// <summary>Adds a passkey that was made just now.</summary>
    /// <param name="name">As its person calls it; null for "Passkey".</param>
    /// <returns>Recovery codes, told once; none where the person has some already.</returns>
    /// <exception cref="Refusal"><c>passkey-refused</c> 422: it is kept already, or there are ten · <c>invalid</c> 422.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(Act act, UserPasskeyInfo made, string? name, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = (await db.LockStaffAsync(act.SchoolId, act.By.Person, cancel))!;
        if (await db.Passkeys.CountAsync(row => row.StaffId == person.Id, cancel) >= Most)
            throw Refused("Ten passkeys are enough. Please remove one that is no longer used.");
        if (await db.Passkeys.AnyAsync(row => row.CredentialId == made.CredentialId, cancel)) throw Refused("That passkey is kept already.");
        db.Passkeys.Add(Passkey.Of(person, made, Fields.Optional(name, "name", 100) ?? "Passkey"));
        var codes = await seconds.FirstCodesAsync(person, cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("staff.passkey-added", null, "staff", person.Id.ToString()));
        return codes;
    }

    /// <summary>Removes one of one's own passkeys; one that is not there is left alone.</summary>
    /// <exception cref="Refusal"><c>second-factor-needed</c> 409: their role needs one and this is the last.</exception>
    public async Task RemoveAsync(Act act, byte[] credentialId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = (await db.LockStaffAsync(act.SchoolId, act.By.Person, cancel))!;
        var removed = await db.Passkeys.Where(row => row.StaffId == person.Id && row.CredentialId == credentialId).ExecuteDeleteAsync(cancel) == 1;
        if (SecondFactor.IsNeeded(person.Roles) && !await db.HasSecondAsync(person, cancel)) throw SecondFactors.Needed();
        AuditEvent[] events = removed ? [new("staff.passkey-removed", null, "staff", person.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }

    /// <summary>Signs in by a passkey whose answer was right.</summary>
    /// <param name="used">As it is after its use.</param>
    /// <exception cref="Refusal"><c>sign-in-failed</c> 401: its person has left, or it was removed a moment ago.</exception>
    public async Task<SignedIn> SignInAsync(Guid staffId, UserPasskeyInfo used, Whence from, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var kept = await db.Passkeys.FromSql($"select * from passkeys where credential_id = {used.CredentialId} and staff_id = {staffId} for update")
            .SingleOrDefaultAsync(cancel) ?? throw NotKnown();
        var person = await db.LockStaffAsync(kept.SchoolId, staffId, cancel) ?? throw NotKnown();
        (kept.SignCount, kept.BackedUp, kept.UserVerified, kept.UsedAt) = (used.SignCount, used.IsBackedUp, used.IsUserVerified, await db.NowAsync(cancel));
        // What the browser said of its person counts for this time alone.
        return await signIn.AfterFirstAsync(
            person, SignInWay.Passkey, used.IsUserVerified, await signIn.DeviceOfAsync(person.SchoolId, from, cancel), from, cancel);
    }

    public static Refusal NotKnown() => new("sign-in-failed", 401, "That passkey is not known here. Please use another one, or your password.");

    public static Refusal Refused(string sentence) => new("passkey-refused", 422, sentence);
}
