using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>School equipment is enrolled before it uploads, and revoked when it is lost or sold (P5).</summary>
public sealed class DeviceDesk(RecordsDb db)
{
    /// <summary>Enrols a device; one of that name that is enrolled already is answered as it is.</summary>
    /// <param name="model">As its own pictures name their camera, e.g. <c>iPad (9th generation)</c>; empty compares nothing (P5).</param>
    /// <param name="owner">Who answers for it, in the school's own words.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>device-revoked</c> 409: the name was revoked.</exception>
    public async Task<Device> EnrolAsync(Act act, string name, string? model, CancellationToken cancel, string? owner = null)
    {
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var (device, events) = await db.DeviceAsync(act, name, model, cancel);
        if (events.Length > 0) device.Owner = Fields.Optional(owner, "owner", 200);
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

    /// <summary>A part of them, in the order they were enrolled.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<Device>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        act.By.MustAdminister();
        return db.Devices.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<Device> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        var device = await db.Devices.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == id, cancel)
            ?? throw Refusals.NotFound("device");
        act.By.MustAdminister();
        return device;
    }

    /// <summary>Says what a device is called, who answers for it, and what its pictures name as their camera.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>name-taken</c> 409.</exception>
    public async Task ChangeAsync(Act act, Guid id, string name, string? model, string? owner, CancellationToken cancel)
    {
        await ShowAsync(act, id, cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockSchoolToAddAsync(act.SchoolId, cancel);
        var device = await db.LockDeviceToChangeAsync(id, cancel);
        name = Fields.Needed(name, "device", 100);
        if (await db.Devices.AnyAsync(row => row.SchoolId == act.SchoolId && row.Name == name && row.Id != id, cancel))
            throw new Refusal("name-taken", 409, "Another device has that name, or had it before it was revoked. Please choose another.");
        var (called, was) = ((Name: name, Owner: Fields.Optional(owner, "owner", 200)), (device.Name, device.Owner, device.Model));
        (device.Name, device.Owner, device.Model) = (called.Name, called.Owner, Fields.Optional(model, "model", 100));
        var events = new List<AuditEvent>();
        if (called != (was.Name, was.Owner))
            events.Add(new("device.changed", null, "device", $"{id}", new { name = called.Name != was.Name, owner = called.Owner != was.Owner }));
        if (device.Model != was.Model) events.Add(new("device.model-given", null, "device", $"{id}", new { model = device.Model }));
        act.Answers(200, id);
        await db.CommitAsync(act, cancel, [.. events]);
    }

    /// <summary>How long a person's session on a school's device lasts without being used.</summary>
    /// <param name="minutes">1 to 60.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task SetIdleAsync(Act act, int minutes, CancellationToken cancel)
    {
        act.By.MustAdminister();
        if (minutes is < 1 or > 60) throw Refusals.Invalid("After 1 to 60 minutes.");
        var switches = await db.PolicySwitches.SingleAsync(row => row.SchoolId == act.SchoolId, cancel);
        var was = switches.DeviceIdleMinutes;
        switches.DeviceIdleMinutes = minutes;
        act.Answers(200, act.SchoolId);
        AuditEvent[] events = was == minutes ? [] : [new("school.device-idle-changed", null, "school", $"{act.SchoolId}", new { from = was, to = minutes })];
        await db.CommitAsync(act, cancel, events);
    }

    /// <summary>Revokes the device of that name, as <see cref="RevokeAsync(Act, Guid, CancellationToken)"/>.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task RevokeAsync(Act act, string name, CancellationToken cancel) => await RevokeAsync(
        act, await db.Devices.Where(row => row.SchoolId == act.SchoolId && row.Name == name).Select(row => row.Id).SingleOrDefaultAsync(cancel), cancel);

    /// <summary>Revokes the device, every token and session on it, and what was begun on it, from this commit on.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task RevokeAsync(Act act, Guid id, CancellationToken cancel)
    {
        await ShowAsync(act, id, cancel);
        await using var transaction = await db.BeginAsync(cancel);
        var device = await db.LockDeviceToChangeAsync(id, cancel);
        var revoked = device.RevokedAt is null;
        device.RevokedAt ??= await db.NowAsync(cancel);
        await db.EndOnDeviceAsync(id, cancel);
        act.Answers(200, id);
        AuditEvent[] events = revoked ? [new("device.revoked", null, "device", device.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }
}

internal static class DeviceEnrolled
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
