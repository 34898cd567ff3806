using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>A person as they see themselves on top of a page.</summary>
/// <param name="DeviceIdle">On a device: how long their session lasts without being used, minutes.</param>
/// <param name="LacksSecond">Their role needs a second factor, and they have none.</param>
/// <param name="Publishing">The roles that the school lets publish.</param>
public sealed record PersonNames(string Name, string School, string? Device, int DeviceIdle, bool LacksSecond, Role[] Publishing);

/// <summary>Reads whose page it is.</summary>
public sealed class PersonShown(RecordsDb db)
{
    /// <summary>The names of the person who acts, of their school, and of the device they act on; and who publishes there.</summary>
    public async Task<PersonNames> OfAsync(Act act, CancellationToken cancel)
    {
        var needed = SecondFactor.IsNeeded(act.By.Roles);
        return await db.Staff
            .Where(row => row.SchoolId == act.SchoolId && row.Id == act.By.Person)
            .Select(row => new PersonNames(
                row.Name,
                db.Schools.Where(school => school.Id == row.SchoolId).Select(school => school.Name).Single(),
                db.Devices.Where(device => device.SchoolId == act.SchoolId && device.Id == act.By.DeviceId).Select(device => device.Name).FirstOrDefault(),
                db.PolicySwitches.Where(switches => switches.SchoolId == act.SchoolId).Select(switches => switches.DeviceIdleMinutes).Single(),
                needed && row.TotpSecret == null && !db.Passkeys.Any(key => key.StaffId == row.Id),
                db.PolicySwitches.Where(switches => switches.SchoolId == row.SchoolId).Select(switches => switches.PublishingRoles).Single()))
            .SingleAsync(cancel);
    }
}
