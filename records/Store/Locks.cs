using Microsoft.EntityFrameworkCore;

namespace PhotoGuard.Records.Store;

/// <summary>
/// Row locks, always pupils first, by id, then photos, by id, so that operations cannot deadlock (design, Decided beforehand).
/// Who changes a pupil's answers or a photo's links locks to change; who checks clearance and acts on it locks to rely.
/// </summary>
public sealed partial class RecordsDb
{
    public Task LockPupilsToChangeAsync(IReadOnlyCollection<Guid> pupils, CancellationToken cancel) =>
        Database.ExecuteSqlAsync($"select 1 from pupils where id = any({pupils.ToArray()}) order by id for update", cancel);

    public Task LockPupilsToRelyAsync(IReadOnlyCollection<Guid> pupils, CancellationToken cancel) =>
        Database.ExecuteSqlAsync($"select 1 from pupils where id = any({pupils.ToArray()}) order by id for share", cancel);

    public Task LockPhotosToChangeAsync(IReadOnlyCollection<Guid> photos, CancellationToken cancel) =>
        Database.ExecuteSqlAsync($"select 1 from photos where id = any({photos.ToArray()}) order by id for update", cancel);

    public Task LockPhotosToRelyAsync(IReadOnlyCollection<Guid> photos, CancellationToken cancel) =>
        Database.ExecuteSqlAsync($"select 1 from photos where id = any({photos.ToArray()}) order by id for share", cancel);

    /// <summary>One at a time adds what the school names (people, devices, pupils), so that a name is not added twice. Taken first.</summary>
    public Task LockSchoolToAddAsync(Guid school, CancellationToken cancel) =>
        Database.ExecuteSqlAsync($"select 1 from schools where id = {school} for no key update", cancel);
}
