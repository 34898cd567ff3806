using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>
/// Whoever acts, asked again: where a request takes its time, what was taken away meanwhile ends it (P20, fault 66). A session that only
/// rests is not over: nobody is idle whose pictures are on their way.
/// </summary>
public static class ActingStill
{
    // Columns are made in this order, and so are the locks: as by those who take away, what hangs on a device or person comes before it.
    private const string Asked = """
        with session as materialized (select from sessions where hash = {0} and expires_at > steady_now() LOCK),
          token as materialized (select from access_tokens where id = {1} and revoked_at is null and (expires_at is null or expires_at > steady_now()) LOCK),
          granted as materialized (select from upload_grants where id = {2} and ended_at is null and until > steady_now() LOCK),
          device as materialized (select from devices where id = {3} and revoked_at is null LOCK),
          person as materialized (select roles from staff where id = {4} and left_at is null LOCK)
        select exists (select from session) as "Session", exists (select from token) as "Token", exists (select from granted) as "Granted",
          exists (select from device) as "Device", (select roles from person) as "Roles"
        """;

    private static readonly string Looks = Asked.Replace("LOCK", "", StringComparison.Ordinal);
    private static readonly string Locks = Asked.Replace("LOCK", "for share", StringComparison.Ordinal);

    /// <summary>The act as it may still be done now, with those of its roles that its person still has.</summary>
    /// <exception cref="Refusal"><c>sign-in-needed</c> 401 · <c>upload-not-continued</c> 401 · <c>device-revoked</c> 403.</exception>
    public static Task<Act> AgainAsync(this RecordsDb db, Act act, CancellationToken cancel) => AskAsync(db, act, Looks, cancel);

    /// <summary>The same, and until the end of the transaction under way nobody takes any of it away: they wait.</summary>
    /// <inheritdoc cref="AgainAsync"/>
    public static Task<Act> LockToActAsync(this RecordsDb db, Act act, CancellationToken cancel) => AskAsync(db, act, Locks, cancel);

    public static Refusal DeviceRevoked() => new("device-revoked", 403, "This device may not send pictures any more. Please ask the ICT lead.");

    public static Refusal NotContinued() => new(
        "upload-not-continued", 401, "What was begun here cannot go on without signing in. Please sign in on this device and send the pictures again.");

    private static async Task<Act> AskAsync(RecordsDb db, Act act, string asked, CancellationToken cancel)
    {
        if (act.By is not { StaffId: { } person } by) return act;
        var found = (await db.Database.SqlQuery<Found>(
            FormattableStringFactory.Create(asked, by.Session, by.TokenId, by.Sending?.GrantId, by.DeviceId, person)).ToListAsync(cancel))[0];
        if (by.DeviceId is not null && !found.Device) throw DeviceRevoked();
        if (by.Sending is not null && !found.Granted) throw NotContinued();
        if (found.Roles is not { } roles || (by.Session is not null && !found.Session) || (by.TokenId is not null && !found.Token))
            throw new Refusal("sign-in-needed", 401, "Please sign in again: this access has been taken away or is over.");
        return act with { By = by with { Roles = [.. by.Roles.Where(role => roles.Contains(Words.Of(role)))] } };
    }

    private sealed record Found(bool Session, bool Token, bool Granted, bool Device, string[]? Roles);
}
