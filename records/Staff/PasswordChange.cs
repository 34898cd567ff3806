using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>A signed-in person chooses name and password (P24).</summary>
public sealed class PasswordChange(RecordsDb db, SignInTries tries)
{
    /// <summary>Chooses name and password; every other session of the person ends.</summary>
    /// <param name="keep">The secret of the session that goes on; null where all end.</param>
    /// <param name="current">The password before. Not asked where there is none, and not of whoever came by a link because they lost it.</param>
    /// <exception cref="Refusal"><c>weak-password</c>, <c>invalid</c> 422 · <c>name-taken</c> 409 · <c>sign-in-failed</c> 401: not the password
    /// before · <c>slow-down</c> 429.</exception>
    public async Task SetAsync(Act act, string signInName, string password, string? keep, CancellationToken cancel, string? current = null, Whence? from = null)
    {
        var name = SignIn.Folded(Fields.Needed(signInName, "name", 100));
        var kept = keep is null ? [] : Secret.Hash(keep);
        var before = await db.Staff.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person, cancel);
        if (before.PasswordHash is not null && await db.Sessions.AnyAsync(row => row.Hash == kept && row.How != SignInWay.Link, cancel))
        {
            // Somebody who found a signed-in browser guesses no better than at the front door.
            var counted = await tries.CountAsync("password", $"change {before.Id}", before, from ?? new(), cancel);
            if (!SignIn.Fits(before, current)) throw new Refusal("sign-in-failed", 401, "That is not your password so far. Please try again.");
            await tries.ForgetAsync(counted, cancel);
        }

        await using var transaction = await db.BeginAsync(cancel);
        var person = await db.Staff.SingleAsync(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person, cancel);
        Passwords.Check(password, name, person.Name);
        person.SignInName = name;
        person.PasswordHash = SignIn.HashOf(person, password);
        await db.Sessions.Where(row => row.StaffId == person.Id && row.Hash != kept).ExecuteDeleteAsync(cancel);
        await db.KnownBrowsers.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        try
        {
            await db.CommitAsync(act, cancel, new AuditEvent("staff.password-set", null, "staff", person.Id.ToString()));
        }
        catch (DbUpdateException error) when (error.IsTwin())
        {
            throw new Refusal("name-taken", 409, "Somebody signs in with that name already. Please choose another.");
        }
    }
}
