using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Somebody who proved who they are.</summary>
/// <param name="DeviceRevoked">The device was taken off the list: nothing may be done with it any more.</param>
/// <param name="ProvedLately">The person has shown within the last quarter of an hour that it is they who sit there.</param>
public sealed record Recognised(Guid SchoolId, Actor Actor, bool DeviceRevoked, bool ProvedLately = false);

/// <summary>Who stands behind a bearer token or a session. Asked at every request, so that what was taken away ends at once (P20).</summary>
public sealed class Recognition(RecordsDb db)
{
    /// <summary>How long a browser may be silent before its session ends; on a school's device the school says (<see cref="PolicySwitches.DeviceIdleMinutes"/>).</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromHours(2);

    /// <summary>Null where the token is unknown, expired or revoked, or its person has left. Notes, once a minute, that it was used.</summary>
    public async Task<Recognised?> ByTokenAsync(string token, CancellationToken cancel)
    {
        var hash = Secret.Hash(token);
        var found = await db.Database.SqlQuery<TokenRow>($"""
            select token.id as "Id", token.school_id as "SchoolId", token.staff_id as "StaffId", token.role as "Role", staff.roles as "Roles",
              token.device_id as "DeviceId", device.revoked_at is not null as "DeviceRevoked", token.channel as "Channel",
              coalesce(token.used_at < steady_now() - interval '1 minute', true) as "Stale",
              device.id is not null and coalesce(device.seen_at, '-infinity') < steady_now() - interval '1 minute' as "DeviceStale"
            from access_tokens as token
            join staff on staff.id = token.staff_id and staff.left_at is null
            left join devices as device on device.id = token.device_id
            where token.hash = {hash} and token.revoked_at is null and (token.expires_at is null or token.expires_at > steady_now())
            """).ToListAsync(cancel);
        if (found is not [var row]) return null;

        if (row.Stale) await db.Database.ExecuteSqlAsync($"update access_tokens set used_at = steady_now() where id = {row.Id}", cancel);
        if (row is { DeviceStale: true, DeviceRevoked: false }) await db.NoteSeenAsync(row.DeviceId!.Value, cancel);
        var channel = Words.Parse<Channel>(row.Channel);
        // A role that the person has lost is lost to their tokens too.
        Role[] roles = row.Roles.Contains(row.Role) && Words.Parse<Role>(row.Role) is { } role ? [role] : [];
        var kind = channel is null ? ActorKind.Person : ActorKind.Program;
        return new(row.SchoolId, new Actor(kind, row.StaffId, roles, row.Id, row.DeviceId, channel), row.DeviceRevoked);
    }

    /// <summary>Null where the session has ended or its person has left. Notes, once a minute or sooner, that it was used.</summary>
    /// <param name="browser">
    /// The secret of a browser that is a device: every session there is one on the device, however its person signed in. One that began on a
    /// device is one on that browser alone.
    /// </param>
    /// <param name="isUse">False for what nobody does who is there, e.g. a page that was left alone.</param>
    public async Task<Recognised?> BySessionAsync(string secret, CancellationToken cancel, string? browser = null, bool isUse = true)
    {
        var (hash, device) = (Secret.Hash(secret), browser is null ? null : Secret.Hash(browser));
        var found = await db.Database.SqlQuery<SessionRow>($"""
            select session.school_id as "SchoolId", session.staff_id as "StaffId", staff.roles as "Roles",
              device.id as "DeviceId", device.revoked_at is not null as "DeviceRevoked",
              session.seen_at < steady_now() - case when device.id is null then interval '1 minute' else interval '5 seconds' end as "Stale",
              device.id is not null and coalesce(device.seen_at, '-infinity') < steady_now() - interval '1 minute' as "DeviceStale",
              session.proved_at > steady_now() - interval '15 minutes' as "ProvedLately"
            from sessions as session
            join staff on staff.id = session.staff_id and staff.left_at is null
            join policy_switches as switches on switches.school_id = session.school_id
            left join devices as device on device.school_id = session.school_id and device.browser_hash = {device}
            where session.hash = {hash} and session.expires_at > steady_now()
              and session.seen_at > steady_now() - case when device.id is null then {Idle} else switches.device_idle_minutes * interval '1 minute' end
              and (session.device_id is null or session.device_id = device.id)
            """).ToListAsync(cancel);
        if (found is not [var row]) return null;

        if (row.Stale && isUse) await db.Database.ExecuteSqlAsync($"update sessions set seen_at = steady_now() where hash = {hash}", cancel);
        if (row is { DeviceStale: true, DeviceRevoked: false }) await db.NoteSeenAsync(row.DeviceId!.Value, cancel);
        Role[] roles = [.. row.Roles.Select(role => Words.Parse<Role>(role)).OfType<Role>()];
        return new(
            row.SchoolId, new Actor(ActorKind.Person, row.StaffId, roles, DeviceId: row.DeviceId, Session: hash), row.DeviceRevoked, row.ProvedLately);
    }

    private sealed record TokenRow(
        Guid Id, Guid SchoolId, Guid StaffId, string Role, string[] Roles, Guid? DeviceId, bool DeviceRevoked, string? Channel, bool Stale, bool DeviceStale);

    private sealed record SessionRow(
        Guid SchoolId, Guid StaffId, string[] Roles, Guid? DeviceId, bool DeviceRevoked, bool Stale, bool DeviceStale, bool ProvedLately);
}
