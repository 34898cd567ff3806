using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>
/// An upload that a person began on a device may go on for 24 hours after their session ended: pictures for one activity, on their behalf,
/// and nothing else, not one look (docs/decisions/0027). It takes two things that never travel together in an address: the device's cookie,
/// which no page can read, and the word of this grant, which stands in the page that sends.
/// </summary>
/// <remarks>
/// The word is the grant's id and its HMAC under the secret of the device's cookie. So it is worth nothing on another browser, cannot be
/// computed from the records, is not kept, and is void once another browser is the device.
/// </remarks>
public sealed class UploadGrants(RecordsDb db)
{
    /// <summary>A person begins to send, or goes on: 24 hours from now.</summary>
    /// <param name="browser">The secret of the browser that is the device.</param>
    /// <returns>The grant's word, and the act that sends by it; null where they are on no device, or there is no such activity.</returns>
    public async Task<(string Word, Act Act)?> BeginAsync(Act act, Guid activity, string? browser, CancellationToken cancel)
    {
        if (act.By is not { StaffId: { } person, DeviceId: { } device } || browser is null) return null;
        await using var transaction = await db.BeginAsync(cancel);
        // One that is over ends, so that its word is never good again.
        await db.Database.ExecuteSqlAsync($"""
            update upload_grants set ended_at = until
            where device_id = {device} and staff_id = {person} and activity_id = {activity} and ended_at is null and until <= steady_now()
            """, cancel);
        // Kept up to date by the hour, not by every look at the page.
        var begun = await db.Database.SqlQuery<Begun>($"""
            insert into upload_grants as known (id, school_id, device_id, staff_id, activity_id, until)
            select {Guid.CreateVersion7()}, school_id, {device}, {person}, id, steady_now() + interval '24 hours'
            from activities where id = {activity} and school_id = {act.SchoolId}
            on conflict (device_id, staff_id, activity_id) where ended_at is null
            do update set until = case when known.until < excluded.until - interval '1 hour' then excluded.until else known.until end
            returning id as "Id", xmax = 0 as "IsNew"
            """).ToListAsync(cancel);
        if (begun.Count == 0) return null;
        var grant = begun[0].Id;
        AuditEvent[] events = begun[0].IsNew ? [new("device.sending-begun", null, "activity", activity.ToString(), new { grant })] : [];
        await db.CommitAsync(act with { Request = null }, cancel, events);
        // From here on it does not depend on the session.
        return (Word(grant, browser), act with { By = act.By with { Session = null, Sending = new(grant, activity) } });
    }

    /// <summary>Who sends by the grant of that word, with their roles as they are now; null where it is none of this browser's, or over.</summary>
    public async Task<Recognised?> OpenAsync(string? word, string? browser, CancellationToken cancel)
    {
        if (IdOf(word, browser) is not { } grant) return null;
        var hash = Secret.Hash(browser!);
        var found = await db.Database.SqlQuery<Row>($"""
            select school_id as "SchoolId", staff_id as "StaffId", device_id as "DeviceId", activity_id as "ActivityId", roles as "Roles",
              devices.revoked_at is not null as "DeviceRevoked", ended_at is null and until > steady_now() as "Open"
            from upload_grants as granted
            join staff using (school_id) join devices using (school_id)
            where granted.id = {grant} and staff.id = staff_id and left_at is null and devices.id = device_id and browser_hash = {hash}
            """).ToListAsync(cancel);
        if (found is not [var row] || !(row.Open || row.DeviceRevoked)) return null;
        if (!row.DeviceRevoked) await db.NoteSeenAsync(row.DeviceId, cancel);
        Role[] roles = [.. row.Roles.Select(role => Words.Parse<Role>(role)).OfType<Role>()];
        return new(row.SchoolId, new Actor(ActorKind.Person, row.StaffId, roles, DeviceId: row.DeviceId, Sending: new(grant, row.ActivityId)), row.DeviceRevoked);
    }

    /// <summary>Everything is sent: nothing that this person began on this device goes on. Harmless when repeated.</summary>
    public async Task EndAsync(Act act, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var now = await db.NowAsync(cancel);
        var ended = await db.UploadGrants
            .Where(row => row.SchoolId == act.SchoolId && row.DeviceId == act.By.DeviceId && row.StaffId == act.By.StaffId && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancel);
        if (ended == 0) return;
        await db.CommitAsync(act with { Request = null }, cancel,
            new AuditEvent("device.sending-ended", null, "device", act.By.DeviceId.ToString(), new { grants = ended }));
    }

    private static string Word(Guid grant, string browser)
    {
        byte[] told = [.. "upload grant"u8, .. grant.ToByteArray()];
        return Base64Url.EncodeToString([.. grant.ToByteArray(), .. HMACSHA256.HashData(Encoding.UTF8.GetBytes(browser), told)]);
    }

    private static Guid? IdOf(string? word, string? browser)
    {
        var bytes = new byte[48];
        if (word is not { Length: 64 } || browser is null || !Base64Url.TryDecodeFromChars(word, bytes, out var length) || length != bytes.Length) return null;
        var grant = new Guid(bytes.AsSpan(0, 16));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(word), Encoding.ASCII.GetBytes(Word(grant, browser))) ? grant : null;
    }

    private sealed record Begun(Guid Id, bool IsNew);

    private sealed record Row(Guid SchoolId, Guid StaffId, Guid DeviceId, Guid ActivityId, string[] Roles, bool DeviceRevoked, bool Open);
}
