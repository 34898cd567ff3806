using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>A bearer token asked for.</summary>
/// <param name="As">Who acts, by name; null for the one person that stands for the role.</param>
/// <param name="Device">The device it is bound to, by name; enrolled where it is new.</param>
/// <param name="Channel">Where set, the token pulls this channel and does nothing else.</param>
/// <param name="ExpiresOn">Last day it is valid, by the school's dates; null means none.</param>
public sealed record NewToken(Role Role, string? As = null, string? Device = null, Channel? Channel = null, DateOnly? ExpiresOn = null);

/// <summary>A token as the ICT lead sees it: whose it is and what it may do, never what it is.</summary>
public sealed record TokenSeen(
    Guid Id, string Person, Role Role, string? Device, Channel? Channel, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt);

/// <summary>Bearer tokens for people, programs and devices.</summary>
public sealed class TokenDesk(RecordsDb db)
{
    /// <summary>Issues a token; its text is told this once.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>device-revoked</c> 409.</exception>
    public async Task<(string Token, StaffMember Person)> IssueAsync(Act act, NewToken asked, CancellationToken cancel)
    {
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockSchoolToAddAsync(act.SchoolId, cancel);
        var school = await db.Schools.SingleAsync(row => row.Id == act.SchoolId, cancel);
        var (person, events) = await PersonAsync(act, asked, cancel);
        Device? device = null;
        if (asked.Device is not null)
        {
            (device, var enrolled) = await db.DeviceAsync(act, asked.Device, null, cancel);
            events.AddRange(enrolled);
        }

        var text = Secret.New(Secret.TokenPrefix);
        var token = new AccessToken
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            Hash = Secret.Hash(text),
            StaffId = person.Id,
            Role = asked.Role,
            DeviceId = device?.Id,
            Channel = asked.Channel,
            ExpiresAt = asked.ExpiresOn is { } day ? SchoolDays.EndOf(day, school.TimeZone()) : null,
        };
        db.AccessTokens.Add(token);
        events.Add(new("token.issued", null, "token", token.Id.ToString(), new
        {
            staff = person.Id,
            role = Words.Of(asked.Role),
            device = device?.Id,
            channel = asked.Channel is { } channel ? Words.Of(channel) : null,
        }));
        act.Answers(201, token.Id);
        await db.CommitAsync(act, cancel, [.. events]);
        return (text, person);
    }

    /// <summary>The school's tokens that are good now, by when they were made. Those of leavers and of revoked devices are not.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<List<TokenSeen>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        act.By.MustAdminister();
        var now = await db.NowAsync(cancel);
        return await (
            from token in db.AccessTokens.AsNoTracking()
            join person in db.Staff on token.StaffId equals person.Id
            from device in db.Devices.Where(device => device.Id == token.DeviceId).DefaultIfEmpty()
            where token.SchoolId == act.SchoolId && token.RevokedAt == null && (token.ExpiresAt == null || token.ExpiresAt > now)
                && person.LeftAt == null && device.RevokedAt == null && (after == null || token.Id > after)
            orderby token.Id
            select new TokenSeen(token.Id, person.Name, token.Role, device.Name, token.Channel, token.CreatedAt, token.ExpiresAt, token.UsedAt))
            .Take(limit).ToListAsync(cancel);
    }

    /// <summary>Revokes a token from this commit on.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task RevokeAsync(Act act, Guid tokenId, CancellationToken cancel)
    {
        var token = await db.AccessTokens.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == tokenId, cancel)
            ?? throw Refusals.NotFound("token");
        act.By.MustAdminister();
        var revoked = token.RevokedAt is null;
        token.RevokedAt ??= await db.NowAsync(cancel);
        act.Answers(200, token.Id);
        AuditEvent[] events = revoked ? [new("token.revoked", null, "token", token.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }

    /// <summary>The person who acts; added where there is none of that name, given the role where they lack it.</summary>
    private async Task<(StaffMember, List<AuditEvent>)> PersonAsync(Act act, NewToken asked, CancellationToken cancel)
    {
        var name = Fields.Optional(asked.As, "as", 200) ?? $"The {Words.Of(asked.Role)}";
        var person = await db.Staff.OrderBy(row => row.Id)
            .FirstOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Name == name && row.LeftAt == null, cancel);
        if (person is null)
        {
            person = new() { Id = Guid.CreateVersion7(), SchoolId = act.SchoolId, Name = name, Roles = [asked.Role] };
            db.Staff.Add(person);
            return (person, [StaffAdmin.Added(person)]);
        }

        if (person.Roles.Contains(asked.Role)) return (person, []);
        var before = person.Roles;
        person.Roles = [.. before.Append(asked.Role).Order()];
        await db.EndWeakSessionsAsync(person, before, cancel);
        return (person, [new("staff.changed", null, "staff", person.Id.ToString(), new { added = Words.Of(asked.Role) })]);
    }
}
