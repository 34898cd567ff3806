using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>The one browser that is a device: it has a secret in a cookie, of which the records keep the digest.</summary>
internal static class DeviceBrowser
{
    /// <summary>Taken before anything that hangs on the device.</summary>
    public static Task<Device> LockDeviceToChangeAsync(this RecordsDb db, Guid device, CancellationToken cancel) =>
        db.Devices.FromSql($"select * from devices where id = {device} for no key update").SingleAsync(cancel);

    /// <summary>
    /// A browser becomes the device, in the operation under way. The one that was it before is it no longer: who is signed in there is signed
    /// out, and what was begun there does not go on.
    /// </summary>
    /// <param name="device">Locked by the caller.</param>
    /// <param name="how"><c>address</c>, <c>code</c> or <c>link</c>.</param>
    /// <param name="offeredBy">Who offered it; null where that is told elsewhere.</param>
    /// <returns>The secret that the browser is to keep, and what happened.</returns>
    public static async Task<(string Secret, AuditEvent Enrolled)> BecomesAsync(
        this RecordsDb db, Device device, string how, Guid? offeredBy, CancellationToken cancel)
    {
        var (secret, moved) = (Secret.New(), device.BrowserHash is not null);
        await db.EndOnDeviceAsync(device.Id, cancel);
        (device.BrowserHash, device.BrowserAt) = (Secret.Hash(secret), await db.NowAsync(cancel));
        return (secret, new("device.browser-enrolled", null, "device", device.Id.ToString(), new { how, moved, offeredBy }));
    }

    /// <summary>Ends every session on the device and what was begun on it, in the operation under way.</summary>
    public static async Task EndOnDeviceAsync(this RecordsDb db, Guid device, CancellationToken cancel)
    {
        var now = await db.NowAsync(cancel);
        await db.UploadGrants.Where(row => row.DeviceId == device && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancel);
        await db.Sessions.Where(row => row.DeviceId == device).ExecuteDeleteAsync(cancel);
    }

    /// <summary>Notes that the device was used. Asked for once a minute at most, whoever asks.</summary>
    public static Task NoteSeenAsync(this RecordsDb db, Guid device, CancellationToken cancel) => db.Database.ExecuteSqlAsync(
        $"update devices set seen_at = steady_now() where id = {device} and coalesce(seen_at, '-infinity') < steady_now() - interval '1 minute'", cancel);
}
