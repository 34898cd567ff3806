using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>
/// People sign in by the account that they have at the school anyway. Nobody is made by doing so: an account opens what its person linked it to
/// while they were signed in by other means (P14, P20).
/// </summary>
public sealed class SchoolAccounts(RecordsDb db, SignIn signIn)
{
    /// <summary>Signs in whoever the account belongs to.</summary>
    /// <exception cref="Refusal"><c>school-account-unknown</c> 403: it is nobody's, or its person has left · <c>second-factor-missing</c> 403.</exception>
    public async Task<SignedIn> SignInAsync(Vouched who, Whence from, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var account = await db.SchoolAccounts.SingleOrDefaultAsync(row => row.Issuer == who.Issuer && row.Subject == who.Subject, cancel) ?? throw Unknown();
        var person = await db.LockStaffAsync(account.SchoolId, account.StaffId, cancel) ?? throw Unknown();
        account.UsedAt = await db.NowAsync(cancel);
        return await signIn.AfterFirstAsync(
            person, SignInWay.SchoolAccount, who.SecondFactor, await signIn.DeviceOfAsync(person.SchoolId, from, cancel), from, cancel, who.ProvedAt ?? DateTimeOffset.UnixEpoch);
    }

    /// <summary>From now on the account signs in as the person who is signed in.</summary>
    /// <exception cref="Refusal"><c>school-account-taken</c> 409: it belongs to somebody else.</exception>
    public async Task LinkAsync(Act act, Vouched who, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var person = (await db.LockStaffAsync(act.SchoolId, act.By.Person, cancel))!;
        if (await db.SchoolAccounts.SingleOrDefaultAsync(row => row.Issuer == who.Issuer && row.Subject == who.Subject, cancel) is { } known)
        {
            if (known.StaffId != person.Id) throw Taken();
            return;
        }

        db.SchoolAccounts.Add(new SchoolAccount
        {
            Issuer = who.Issuer, Subject = who.Subject, SchoolId = person.SchoolId, StaffId = person.Id, Provider = who.Provider,
        });
        try
        {
            await db.CommitAsync(act, cancel, new AuditEvent("staff.school-account-linked", null, "staff", person.Id.ToString(), new { provider = who.Provider }));
        }
        catch (DbUpdateException error) when (error.IsTwin())
        {
            throw Taken();
        }
    }

    /// <summary>The person's own accounts of that provider sign in nobody any more.</summary>
    public async Task UnlinkAsync(Act act, string provider, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var ended = await db.SchoolAccounts.Where(row => row.SchoolId == act.SchoolId && row.StaffId == act.By.Person && row.Provider == provider).ExecuteDeleteAsync(cancel);
        AuditEvent[] events = ended > 0 ? [new("staff.school-account-unlinked", null, "staff", act.By.Person.ToString(), new { provider })] : [];
        await db.CommitAsync(act, cancel, events);
    }

    private static Refusal Unknown() => new(
        "school-account-unknown", 403,
        "Your school account is not known here yet. Please open the sign-in link that the ICT lead gave you first; then you can choose to sign in by this account.");

    private static Refusal Taken() => new("school-account-taken", 409, "That school account belongs to somebody else here. Please ask the ICT lead.");
}
