using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Who works at the school and what they may do (P14, P20).</summary>
public sealed class StaffAdmin(RecordsDb db)
{
    /// <summary>Adds a person.</summary>
    /// <param name="device">Where set, the browser that opens the link is this device from then on.</param>
    /// <returns>The secret of a one-time sign-in link, for <see cref="SignInLinks.Url"/>.</returns>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task<(StaffMember Person, string Link)> AddAsync(
        Act act, string name, IReadOnlyCollection<Role> roles, CancellationToken cancel, Device? device = null)
    {
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var person = new StaffMember
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            Name = Fields.Needed(name, "name", 200),
            Roles = [.. roles.Distinct().Order()],
        };
        db.Staff.Add(person);
        var link = await db.AddLinkAsync(act.SchoolId, person.Id, device?.Id, cancel);
        act.Answers(201, person.Id);
        await db.CommitAsync(act, cancel, Added(person));
        return (person, link);
    }

    /// <summary>A new one-time link for somebody who is there already, e.g. after a lost password (P24).</summary>
    /// <param name="device">Where set, the browser that opens the link is this device from then on.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<string> LinkAsync(Act act, Guid staffId, CancellationToken cancel, Device? device = null)
    {
        var person = await FindAsync(act, staffId, cancel);
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var link = await db.AddLinkAsync(act.SchoolId, person.Id, device?.Id, cancel);
        act.Answers(201, person.Id);
        await db.CommitAsync(act, cancel, new AuditEvent("staff.link-made", null, "staff", person.Id.ToString()));
        return link;
    }

    /// <summary>Says which classes a person teaches; a teacher without classes sees only their own uploads.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task SetClassesAsync(Act act, Guid staffId, IReadOnlyCollection<string> classes, CancellationToken cancel)
    {
        var person = await FindAsync(act, staffId, cancel);
        act.By.MustAdminister();
        string[] taught = [.. classes.Select(name => Fields.Needed(name, "classes", 50)).Distinct().Order(StringComparer.Ordinal)];
        if (taught.Length > 100) throw Refusals.Invalid("'classes' is too long: at most 100 of them.");

        var changed = !person.Classes.SequenceEqual(taught);
        person.Classes = taught;
        act.Answers(200, person.Id);
        AuditEvent[] events = changed ? [new("staff.changed", null, "staff", person.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }

    /// <summary>The person leaves: nothing signs in as them from this commit on (P20).</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task LeaveAsync(Act act, Guid staffId, CancellationToken cancel)
    {
        var person = await FindAsync(act, staffId, cancel);
        act.By.MustAdminister();
        await using var transaction = await db.BeginAsync(cancel);
        var left = person.LeftAt is null;
        person.LeftAt ??= await db.NowAsync(cancel);
        await db.Sessions.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.KnownBrowsers.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.SchoolAccounts.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        await db.TakeSecondFactorsAsync(person, cancel);
        (person.SignInName, person.PasswordHash) = (null, null);
        act.Answers(200, person.Id);
        AuditEvent[] events = left ? [new("staff.left", null, "staff", person.Id.ToString())] : [];
        await db.CommitAsync(act, cancel, events);
    }

    /// <summary>The person, for administration.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<StaffMember> ShowAsync(Act act, Guid staffId, CancellationToken cancel)
    {
        var person = await FindAsync(act, staffId, cancel);
        Rights.SeePeople.Must(act.By, person.Id == act.By.StaffId ? Relation.School | Relation.Self : Relation.School);
        return person;
    }

    /// <summary>Everybody who works at the school (P20).</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<StaffMember>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.SeePeople.Must(act.By);
        return db.Staff.AsNoTracking()
            .Where(row => row.SchoolId == act.SchoolId && row.LeftAt == null && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
    }

    private async Task<StaffMember> FindAsync(Act act, Guid staffId, CancellationToken cancel) =>
        await db.Staff.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == staffId, cancel)
            ?? throw Refusals.NotFound("person");

    public static AuditEvent Added(StaffMember person) => new(
        "staff.added", null, "staff", person.Id.ToString(), new { roles = person.Roles.Select(role => Words.Of(role)) });
}
