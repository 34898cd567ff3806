using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Somebody who has just signed in.</summary>
/// <param name="Secret">For the session's cookie; told this once.</param>
/// <param name="NeedsPassword">The person has no password yet, and is asked to choose one.</param>
/// <param name="Browser">Set where the browser has just become a device: the secret by which it is known as one from now on.</param>
public sealed record SignedIn(string Secret, Guid SchoolId, Guid StaffId, bool NeedsPassword, string? Browser = null);

/// <summary>People sign in by a one-time link, then by name and password (P14, P24).</summary>
public sealed class SignIn(RecordsDb db)
{
    /// <summary>A session ends after a working day, however busy it is.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(12);

    private const int FailuresBeforeBar = 5;
    private static readonly PasswordHasher<StaffMember> Hasher = new();

    /// <summary>Verified for names that nobody has, so that they take as long as names that somebody has.</summary>
    private static readonly string NobodysHash = Hasher.HashPassword(null!, Secret.New());

    /// <summary>Signs in by a one-time link, which is used up.</summary>
    /// <param name="browser">The secret of a browser that is a device already.</param>
    /// <exception cref="Refusal"><c>link-used</c> 410.</exception>
    public async Task<SignedIn> WithLinkAsync(string link, CancellationToken cancel, string? browser = null)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.TakeLinkAsync(link, cancel) is not { StaffId: { } staffId } taken
            || await db.Staff.SingleOrDefaultAsync(row => row.Id == staffId && row.LeftAt == null, cancel) is not { } person)
            throw new Refusal("link-used", 410, "This link has been used or is too old. Please ask the ICT lead for a new one.");
        var known = await DeviceOfAsync(person.SchoolId, browser, cancel);
        if (taken.DeviceId is not { } deviceId || deviceId == known) return await OpenAsync(person, known, "link", [], cancel);
        var device = await db.LockDeviceToChangeAsync(deviceId, cancel);
        if (device.RevokedAt is not null) return await OpenAsync(person, known, "link", [], cancel);
        var (becomes, enrolled) = await db.BecomesAsync(device, "link", null, cancel);
        return await OpenAsync(person, deviceId, "link", [enrolled], cancel) with { Browser = becomes };
    }

    /// <summary>Signs in by name and password. Five failures in a row bar the name, for a minute at first, then longer.</summary>
    /// <param name="browser">The secret of a browser that is a device: the session is on that device.</param>
    /// <exception cref="Refusal"><c>sign-in-failed</c> 401 · <c>slow-down</c> 429.</exception>
    public async Task<SignedIn> WithPasswordAsync(string signInName, string password, CancellationToken cancel, string? browser = null)
    {
        var name = Folded(signInName);
        await using var transaction = await db.BeginAsync(cancel);
        var person = await db.Staff.FromSql($"select * from staff where sign_in_name = {name} and left_at is null for update")
            .SingleOrDefaultAsync(cancel);
        var now = await db.NowAsync(cancel);
        if (person?.BarredUntil > now) throw new Refusal("slow-down", 429, "Too many attempts. Please wait a few minutes and try again.");
        var right = Hasher.VerifyHashedPassword(person!, person?.PasswordHash ?? NobodysHash, password ?? "") != PasswordVerificationResult.Failed
            && person?.PasswordHash is not null;
        if (right) return await OpenAsync(person!, await DeviceOfAsync(person!.SchoolId, browser, cancel), "password", [], cancel);

        if (person is not null)
        {
            person.FailedSignIns++;
            var over = person.FailedSignIns - FailuresBeforeBar;
            if (over >= 0) person.BarredUntil = now.AddMinutes(Math.Min(60, 1 << Math.Min(over, 6)));
            await db.CommitAsync(ActOf(person), cancel, new AuditEvent("staff.sign-in-failed", null, "staff", person.Id.ToString()));
        }

        throw new Refusal("sign-in-failed", 401, "Name and password do not match. Please try again.");
    }

    /// <summary>Chooses name and password; every other session of the person ends (P24).</summary>
    /// <param name="keep">The secret of the session that goes on.</param>
    /// <exception cref="Refusal"><c>weak-password</c>, <c>invalid</c> 422 · <c>name-taken</c> 409.</exception>
    public async Task SetPasswordAsync(Act act, string signInName, string password, string? keep, CancellationToken cancel)
    {
        var name = Folded(Fields.Needed(signInName, "name", 100));
        await using var transaction = await db.BeginAsync(cancel);
        var person = await db.Staff.SingleAsync(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person, cancel);
        Passwords.Check(password, name, person.Name);
        person.SignInName = name;
        person.PasswordHash = Hasher.HashPassword(person, password);
        (person.FailedSignIns, person.BarredUntil) = (0, null);
        var kept = keep is null ? [] : Secret.Hash(keep);
        await db.Sessions.Where(row => row.StaffId == person.Id && row.Hash != kept).ExecuteDeleteAsync(cancel);
        try
        {
            await db.CommitAsync(act, cancel, new AuditEvent("staff.password-set", null, "staff", person.Id.ToString()));
        }
        catch (DbUpdateException error) when (error.IsTwin())
        {
            throw new Refusal("name-taken", 409, "Somebody signs in with that name already. Please choose another.");
        }
    }

    /// <summary>Ends a session; one that has ended already is left alone.</summary>
    public Task OutAsync(string secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret);
        return db.Sessions.Where(row => row.Hash == hash).ExecuteDeleteAsync(cancel);
    }

    /// <summary>Opens a session in the operation under way, and ends the operation.</summary>
    internal async Task<SignedIn> OpenAsync(
        StaffMember person, Guid? device, string how, AuditEvent[] before, CancellationToken cancel)
    {
        var secret = Secret.New();
        var now = await db.NowAsync(cancel);
        db.Sessions.Add(new Session
        {
            Hash = Secret.Hash(secret),
            SchoolId = person.SchoolId,
            StaffId = person.Id,
            DeviceId = device,
            SeenAt = now,
            ExpiresAt = now + Day,
        });
        (person.FailedSignIns, person.BarredUntil) = (0, null);
        await db.CommitAsync(
            ActOf(person), cancel, [.. before, new AuditEvent("staff.signed-in", null, "staff", person.Id.ToString(), new { how })]);
        return new(secret, person.SchoolId, person.Id, person.PasswordHash is null);
    }

    /// <summary>The school's device that this browser is; null where it is none, or a revoked one.</summary>
    private async Task<Guid?> DeviceOfAsync(Guid school, string? browser, CancellationToken cancel)
    {
        if (browser is null) return null;
        var hash = Secret.Hash(browser);
        return await db.Devices.Where(row => row.SchoolId == school && row.BrowserHash == hash && row.RevokedAt == null)
            .Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancel);
    }

    private static Act ActOf(StaffMember person) => new(person.SchoolId, new Actor(ActorKind.Person, person.Id, person.Roles));

    private static string Folded(string? name) => (name ?? "").Trim().ToLowerInvariant();
}
