using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

public enum StepKind
{
    /// <summary>The first factor was right; the second is awaited.</summary>
    Code,

    /// <summary>A passkey was asked for, of nobody in particular.</summary>
    Passkey,

    /// <summary>A signed-in person adds a passkey.</summary>
    NewPasskey,

    /// <summary>A signed-in person sets up codes.</summary>
    NewCodes,
}

/// <summary>
/// Something that a browser was asked and has not answered yet. It lies here and not in the browser, so that any node goes on with it, and
/// only once.
/// </summary>
public sealed class SignInStep
{
    /// <summary>SHA-256 of the cookie's secret, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    public StepKind Kind { get; init; }
    public Guid? SchoolId { get; init; }
    public Guid? StaffId { get; init; }
    public Guid? DeviceId { get; init; }

    /// <summary>By what the person has proved who they are so far.</summary>
    public SignInWay? How { get; init; }

    /// <summary>What the answer is held against: a challenge, or a secret that is sealed.</summary>
    public string? State { get; init; }

    public int Tries { get; set; }
    public DateTimeOffset ExpiresAt { get; init; }
}

internal static class SignInSteps
{
    private const int Minutes = 10;

    /// <summary>Adds a step to the operation under way; its secret is told once.</summary>
    public static async Task<string> AddStepAsync(
        this RecordsDb db, StepKind kind, StaffMember? person, CancellationToken cancel, Guid? device = null, SignInWay? how = null, string? state = null)
    {
        var secret = Secret.New();
        db.SignInSteps.Add(new SignInStep
        {
            Hash = Secret.Hash(secret),
            Kind = kind,
            SchoolId = person?.SchoolId,
            StaffId = person?.Id,
            DeviceId = device,
            How = how,
            State = state,
            ExpiresAt = (await db.NowAsync(cancel)).AddMinutes(Minutes),
        });
        return secret;
    }

    /// <summary>Finds a step.</summary>
    /// <exception cref="Refusal"><c>step-too-old</c> 410: it is over, or was never there.</exception>
    public static async Task<SignInStep> FindStepAsync(this RecordsDb db, StepKind kind, string? secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret ?? "");
        return Open(await db.SignInSteps.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash, cancel), kind, await db.NowAsync(cancel));
    }

    /// <summary>Finds a step and keeps it from everybody else, in the operation under way.</summary>
    /// <exception cref="Refusal"><c>step-too-old</c> 410.</exception>
    public static async Task<SignInStep> LockStepAsync(this RecordsDb db, StepKind kind, string? secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret ?? "");
        return Open(
            await db.SignInSteps.FromSql($"select * from sign_in_steps where hash = {hash} for update").SingleOrDefaultAsync(cancel), kind, await db.NowAsync(cancel));
    }

    /// <summary>Uses a step up at once, whatever comes of its answer: a challenge is answered once.</summary>
    /// <exception cref="Refusal"><c>step-too-old</c> 410.</exception>
    public static async Task<SignInStep> TakeStepAsync(this RecordsDb db, StepKind kind, string? secret, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var step = await db.LockStepAsync(kind, secret, cancel);
        db.SignInSteps.Remove(step);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return step;
    }

    private static SignInStep Open(SignInStep? step, StepKind kind, DateTimeOffset now) =>
        step?.Kind == kind && step.ExpiresAt > now ? step : throw TooOld();

    public static Refusal TooOld() => new("step-too-old", 410, "That took too long, or was done already. Please begin again.");
}
