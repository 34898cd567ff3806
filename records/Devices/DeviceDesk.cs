using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>School equipment is enrolled before it uploads, and revoked when it is lost or sold (P5).</summary>
public sealed class DeviceDesk(RecordsDb db)
{
    /// <summary>Enrols a device; one of that name that is enrolled already is answered as it is.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>device-revoked</c> 409: the name was revoked.</exception>
    public async Task<Device> EnrolAsync(Act act, string name, string? model, CancellationToken cancel)
    {
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var (device, events) = await db.DeviceAsync(act, name, model, cancel);
        act.Answers(201, device.Id);
        await db.CommitAsync(act, cancel, events);
        return device;
    }

    /// <summary>The school's devices, those that are revoked last.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<Device>> ListAsync(Act act, CancellationToken cancel)
    {
        act.By.MustAdminister();
        return db.Devices.AsNoTracking().Where(row => row.SchoolId == act.SchoolId)
            .OrderBy(row => row.RevokedAt != null).ThenBy(row => row.Name).ToListAsync(cancel);
    }

    /// <summary>Says what the device's pictures name as their camera, so that others' are seen (P5).</summary>
    /// <param name="model">As its own pictures say it, e.g. <c>iPad (9th generation)</c>; empty compares nothing.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task GiveModelAsync(Act act, string name, string? model, CancellationToken cancel)
    {
        var device = await db.Devices.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Name == name, cancel)
            ?? throw Refusals.NotFound("device");
        act.By.MustAdminister();
        device.Model = Fields.Optional(model, "model", 100);
        act.Answers(200, device.Id);
        await db.CommitAsync(act, cancel, new AuditEvent("device.model-given", null, "device", device.Id.ToString(), new { model = device.Model }));
    }

    /// <summary>Revokes the device and every token and session on it, from this commit on.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task RevokeAsync(Act act, string name, CancellationToken cancel)
    {
        var device = await db.Devices.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Name == name, cancel)
            ?? throw Refusals.NotFound("device");
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var revoked = device.RevokedAt is null;
        device.RevokedAt ??= await db.NowAsync(cancel);
        await db.Sessions.Where(row => row.DeviceId == device.Id).ExecuteDeleteAsync(cancel);
        act.Answers(200, device.Id);
        AuditEvent[] events = revoked ? [new("device.revoked", null, "device", device.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }
}

internal static class DeviceEnrolment
{
    /// <summary>The device of that name, enrolled in the operation under way where it is new.</summary>
    public static async Task<(Device Device, AuditEvent[] Events)> DeviceAsync(
        this RecordsDb db, Act act, string name, string? model, CancellationToken cancel)
    {
        name = Fields.Needed(name, "device", 100);
        await db.LockSchoolToAddAsync(act.SchoolId, cancel);
        if (await db.Devices.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Name == name, cancel) is { } known)
        {
            return known.RevokedAt is null
                ? (known, [])
                : throw new Refusal("device-revoked", 409, "That device was revoked. Please enrol it under another name.");
        }

        var device = new Device
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            Name = name,
            Model = Fields.Optional(model, "model", 100),
        };
        db.Devices.Add(device);
        return (device, [new("device.enrolled", null, "device", device.Id.ToString())]);
    }
}
