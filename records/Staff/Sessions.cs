using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>One of a person's sessions, as they see it.</summary>
/// <param name="Id">For ending it; opens nothing.</param>
/// <param name="Here">It is the one that asks.</param>
public sealed record SessionSeen(string Id, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, SignInWay How, string? Device, bool Here);

/// <summary>Sessions end: by their person, everywhere, at once.</summary>
public sealed class Sessions(RecordsDb db)
{
    /// <summary>Ends a session; one that has ended already is left alone.</summary>
    public Task OutAsync(string secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret);
        return db.Sessions.Where(row => row.Hash == hash).ExecuteDeleteAsync(cancel);
    }

    /// <summary>The person's own sessions, the last used first.</summary>
    /// <param name="secret">Of the one that asks.</param>
    public async Task<IReadOnlyList<SessionSeen>> ListAsync(Act act, string? secret, CancellationToken cancel)
    {
        var here = Secret.Hash(secret ?? "");
        var now = await db.NowAsync(cancel);
        return
        [
            .. (await db.Sessions.AsNoTracking()
                .Where(row => row.SchoolId == act.SchoolId && row.StaffId == act.By.Person && row.ExpiresAt > now)
                .OrderByDescending(row => row.SeenAt)
                .Select(row => new { Row = row, Device = db.Devices.Where(device => device.Id == row.DeviceId).Select(device => device.Name).FirstOrDefault() })
                .ToListAsync(cancel))
                .Select(it => new SessionSeen(
                    Convert.ToHexString(it.Row.Hash), it.Row.CreatedAt, it.Row.SeenAt, it.Row.How, it.Device, it.Row.Hash.AsSpan().SequenceEqual(here))),
        ];
    }

    /// <summary>Ends one of the person's own sessions, or all but the one that asks.</summary>
    /// <param name="id">Of <see cref="SessionSeen"/>; null for all others.</param>
    /// <param name="secret">Of the one that asks.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task EndAsync(Act act, string? id, string? secret, CancellationToken cancel)
    {
        var here = Secret.Hash(secret ?? "");
        byte[] hash = id is null ? [] : id.Length == 64 && id.All(char.IsAsciiHexDigit) ? Convert.FromHexString(id) : throw Refusals.NotFound("session");
        await using var transaction = await db.BeginAsync(cancel);
        var ended = await db.Sessions
            .Where(row => row.SchoolId == act.SchoolId && row.StaffId == act.By.Person && (id == null ? row.Hash != here : row.Hash == hash))
            .ExecuteDeleteAsync(cancel);
        AuditEvent[] events = ended > 0 ? [new("staff.sessions-ended", null, "staff", act.By.Person.ToString(), new { ended })] : [];
        await db.CommitAsync(act, cancel, events);
    }
}
