using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Access;

/// <summary>
/// Who asks for a picture that is not for them is told 404, and counted. What does not exist is counted alike, so that the time an answer takes
/// tells nobody which it was; and so is what was asked for at another school.
/// </summary>
public sealed class RefusedLooks(RecordsDb db)
{
    /// <summary>Looks, and notes it where that is refused with 404. The audit has one entry of it for a person and minute.</summary>
    public async Task<T> NotedAsync<T>(Act act, Func<Task<T>> look, CancellationToken cancel)
    {
        try
        {
            return await look();
        }
        catch (Refusal refusal) when (refusal.Status == 404 && act.By.StaffId is not null)
        {
            await NoteAsync(act, act.By.Person, cancel);
            throw;
        }
    }

    private async Task NoteAsync(Act act, Guid person, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        var count = (await db.Database.SqlQuery<int>($"""
            insert into refused_looks (staff_id, minute, school_id) values ({person}, date_trunc('minute', now()), {act.SchoolId})
            on conflict (staff_id, minute) do update set count = least(refused_looks.count + 1, 1000000)
            returning count as "Value"
            """).ToListAsync(cancel))[0];
        AuditEvent[] events = count == 1 ? [new("photo.opening-refused", null, "staff", person.ToString())] : [];
        await db.CommitAsync(act with { Request = null }, cancel, events);
    }
}
