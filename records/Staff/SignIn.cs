using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Somebody who has just signed in, or is half way there.</summary>
/// <param name="Secret">For the session's cookie; told this once. Half way, for the step's.</param>
/// <param name="NeedsPassword">The person has no password yet, and is asked to choose one.</param>
/// <param name="Browser">Set where the browser has just become a device: the secret by which it is known as one from now on.</param>
public sealed record SignedIn(string Secret, Guid SchoolId, Guid StaffId, bool NeedsPassword, string? Browser = null)
{
    /// <summary>There is no session yet: the second factor is awaited.</summary>
    public bool AwaitsSecond { get; init; }

    /// <summary>The secret by which this browser is known again; null half way.</summary>
    public string? Known { get; init; }
}

/// <summary>
/// People sign in by a one-time link, then by name and password, with a second factor where they have one (P14, P24; docs/decisions/0029).
/// By a passkey: <see cref="Passkeys"/>. By the school's own account: <see cref="SchoolAccounts"/>.
/// </summary>
public sealed class SignIn(RecordsDb db, SignInTries tries, SecondFactors seconds)
{
    /// <summary>A session ends after a working day, however busy it is.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(12);

    private const int TriesOfOneStep = 5;
    private static readonly PasswordHasher<StaffMember> Hasher = new();

    /// <summary>Verified for names that nobody has, so that they take as long as names that somebody has.</summary>
    private static readonly string NobodysHash = Hasher.HashPassword(null!, Secret.New());

    /// <summary>Signs in by a one-time link, which is used up.</summary>
    /// <exception cref="Refusal"><c>link-used</c> 410.</exception>
    public async Task<SignedIn> WithLinkAsync(string link, CancellationToken cancel, Whence? from = null)
    {
        from ??= new();
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.TakeLinkAsync(link, cancel) is not { StaffId: { } staffId, SchoolId: { } school } taken
            || await db.LockStaffAsync(school, staffId, cancel) is not { } person)
            throw new Refusal("link-used", 410, "This link has been used or is too old. Please ask the ICT lead for a new one.");
        var known = await DeviceOfAsync(person.SchoolId, from, cancel);
        if (taken.DeviceId is not { } deviceId || deviceId == known || await db.LockDeviceToChangeAsync(deviceId, cancel) is not { RevokedAt: null } device)
            return await AfterFirstAsync(person, SignInWay.Link, false, known, from, cancel);
        var (becomes, enrolled) = await db.BecomesAsync(device, "link", null, cancel);
        return await AfterFirstAsync(person, SignInWay.Link, false, deviceId, from, cancel, before: [enrolled]) with { Browser = becomes };
    }

    /// <summary>Signs in by name and password.</summary>
    /// <exception cref="Refusal"><c>sign-in-failed</c> 401 · <c>slow-down</c> 429 · <c>second-factor-missing</c> 403.</exception>
    public async Task<SignedIn> WithPasswordAsync(string signInName, string password, CancellationToken cancel, Whence? from = null)
    {
        from ??= new();
        var name = Folded(signInName);
        var known = await db.Staff.AsNoTracking().SingleOrDefaultAsync(row => row.SignInName == name && row.LeftAt == null, cancel);
        var counted = await tries.CountAsync("password", name, known, from, cancel);
        // Nothing is kept from anybody while this is reckoned, which takes long on purpose.
        if (!Fits(known, password)) throw await FailedAsync(known, cancel);

        await using var transaction = await db.BeginAsync(cancel);
        // It may have been changed, or its person may have left, a moment ago.
        if (await db.LockStaffAsync(known!.SchoolId, known.Id, cancel) is not { } person || person.PasswordHash != known.PasswordHash)
            throw Failed();
        await tries.ForgetAsync(counted, cancel);
        return await AfterFirstAsync(person, SignInWay.Password, false, await DeviceOfAsync(person.SchoolId, from, cancel), from, cancel);
    }

    /// <summary>Shows the second factor to a step that is open: a code of the person's app, or one of their recovery codes.</summary>
    /// <exception cref="Refusal"><c>step-too-old</c> 410 · <c>code-wrong</c> 422 · <c>slow-down</c> 429.</exception>
    public async Task<SignedIn> WithCodeAsync(string? step, string? code, CancellationToken cancel, Whence? from = null)
    {
        from ??= new();
        var hash = Secret.Hash(step ?? "");
        var known = await db.Staff.AsNoTracking().SingleOrDefaultAsync(
            row => row.LeftAt == null && db.SignInSteps.Any(it => it.Hash == hash && it.StaffId == row.Id), cancel) ?? throw SignInSteps.TooOld();
        var counted = await tries.CountAsync("code", known.Id.ToString(), known, from, cancel);

        await using var transaction = await db.BeginAsync(cancel);
        var person = await db.LockStaffAsync(known.SchoolId, known.Id, cancel) ?? throw SignInSteps.TooOld();
        var open = await db.LockStepAsync(StepKind.Code, step, cancel);
        var recovery = false;
        if (!await IsCodeAsync(person, code ?? "", cancel) && !(recovery = await db.UseCodeAsync(person, code ?? "", cancel)))
        {
            if (++open.Tries >= TriesOfOneStep) db.SignInSteps.Remove(open);
            await db.CommitAsync(ActOf(person), cancel, new AuditEvent("staff.sign-in-failed", null, "staff", person.Id.ToString()));
            throw SecondFactors.CodeWrong();
        }

        db.SignInSteps.Remove(open);
        await tries.ForgetAsync(counted, cancel);
        AuditEvent[] used = recovery ? [new("staff.recovery-code-used", null, "staff", person.Id.ToString())] : [];
        return await OpenAsync(person, open.DeviceId, open.How!.Value, used, cancel, two: true, from);
    }

    /// <summary>What follows the first proof, in the operation under way, which ends.</summary>
    /// <param name="two">The way was as good as two.</param>
    /// <param name="provedAt">When the person did it, where that may be long ago; null for just now.</param>
    /// <param name="before">What else the operation did.</param>
    /// <exception cref="Refusal"><c>second-factor-missing</c> 403.</exception>
    internal async Task<SignedIn> AfterFirstAsync(
        StaffMember person, SignInWay how, bool two, Guid? device, Whence from, CancellationToken cancel, DateTimeOffset? provedAt = null,
        params AuditEvent[] before)
    {
        switch (SecondFactor.After(how, two, person.Roles, await db.HasSecondAsync(person, cancel)))
        {
            case AfterFirst.In:
                return await OpenAsync(person, device, how, before, cancel, two, from, provedAt);
            case AfterFirst.Second:
                var step = await db.AddStepAsync(StepKind.Code, person, cancel, device, how);
                await db.CommitAsync(ActOf(person), cancel, before);
                return new(step, person.SchoolId, person.Id, person.PasswordHash is null) { AwaitsSecond = true };
            default:
                throw new Refusal(
                    "second-factor-missing", 403,
                    "Your role needs a second way to prove who you are, and you have not set one up. Please ask the ICT lead for a new sign-in link: it leads you there.");
        }
    }

    /// <summary>Opens a session in the operation under way, and ends the operation.</summary>
    internal async Task<SignedIn> OpenAsync(
        StaffMember person, Guid? device, SignInWay how, AuditEvent[] before, CancellationToken cancel, bool two = false, Whence? from = null,
        DateTimeOffset? provedAt = null)
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
            How = how,
            SecondFactor = two,
            ProvedAt = provedAt < now ? provedAt.Value : now,
        });
        await db.SaveChangesAsync(cancel);
        var known = await tries.LearnAsync(person, from ?? new(), cancel);
        await db.CommitAsync(
            ActOf(person), cancel,
            [.. before, new AuditEvent("staff.signed-in", null, "staff", person.Id.ToString(), new { how = Words.Of(how), secondFactor = two })]);
        return new(secret, person.SchoolId, person.Id, person.PasswordHash is null) { Known = known };
    }

    /// <summary>The school's device that this browser is; null where it is none, or a revoked one.</summary>
    internal async Task<Guid?> DeviceOfAsync(Guid school, Whence from, CancellationToken cancel)
    {
        if (from.Device is null) return null;
        var hash = Secret.Hash(from.Device);
        return await db.Devices.Where(row => row.SchoolId == school && row.BrowserHash == hash && row.RevokedAt == null)
            .Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancel);
    }

    /// <summary>Whether it is the person's password; takes as long where there is no person, or no password.</summary>
    internal static bool Fits(StaffMember? person, string? password) =>
        Hasher.VerifyHashedPassword(person!, person?.PasswordHash ?? NobodysHash, password ?? "") != PasswordVerificationResult.Failed
        && person?.PasswordHash is not null;

    internal static string HashOf(StaffMember person, string password) => Hasher.HashPassword(person, password);

    internal static Act ActOf(StaffMember person) => new(person.SchoolId, new Actor(ActorKind.Person, person.Id, person.Roles));

    internal static string Folded(string? name) => (name ?? "").Trim().ToLowerInvariant();

    private async Task<bool> IsCodeAsync(StaffMember person, string code, CancellationToken cancel)
    {
        if (person.TotpSecret is not { } secret) return false;
        secret.Open(await seconds.KeyAsync(person.SchoolId, cancel), SecondFactors.SecretPlace, person.Id);
        if (secret.Text is null || Totp.Step(secret.Text, SecondFactors.Digits(code), person.TotpStep, await db.NowAsync(cancel)) is not { } used) return false;
        person.TotpStep = used;
        return true;
    }

    private async Task<Refusal> FailedAsync(StaffMember? person, CancellationToken cancel)
    {
        if (person is not null) await db.CommitAsync(ActOf(person), cancel, new AuditEvent("staff.sign-in-failed", null, "staff", person.Id.ToString()));
        return Failed();
    }

    private static Refusal Failed() => new("sign-in-failed", 401, "Name and password do not match. Please try again.");
}
