using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>What the school asks of whoever sends pictures (P5), for the page that sends them.</summary>
public sealed class UploadTerms(RecordsDb db)
{
    /// <summary>How long a person's session on a school's device lasts without being used, minutes.</summary>
    public Task<int> DeviceIdleMinutesAsync(Act act, CancellationToken cancel) =>
        db.PolicySwitches.Where(row => row.SchoolId == act.SchoolId).Select(row => row.DeviceIdleMinutes).SingleAsync(cancel);

    public Task<OtherCameras> OtherCamerasAsync(Act act, CancellationToken cancel) =>
        db.PolicySwitches.Where(row => row.SchoolId == act.SchoolId).Select(row => row.OtherCameras).SingleAsync(cancel);
}
