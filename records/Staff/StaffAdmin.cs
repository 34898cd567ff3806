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

    /// <summary>
    /// Says what a person may do, from this commit on: what was taken away ends at the next request, and what is on its way is cut off. Who now needs a second
    /// factor and is signed in without one is signed out.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>last-ict</c> 409: nobody would be left to
    /// give it back.</exception>
    public async Task SetRolesAsync(Act act, Guid staffId, IReadOnlyCollection<Role> roles, CancellationToken cancel)
    {
        if (!await db.Staff.AnyAsync(row => row.SchoolId == act.SchoolId && row.Id == staffId, cancel)) throw Refusals.NotFound("person");
        act.By.MustAdminister();
        if (roles.Count == 0) throw Refusals.Invalid("Please choose at least one role. Who has none any more has left the school.");
        await using var transaction = await db.BeginAsync(cancel);
        // Two who take the role from one another at once do not both succeed.
        await db.LockSchoolToAddAsync(act.SchoolId, cancel);
        var person = await db.LockStaffAsync(act.SchoolId, staffId, cancel) ?? throw Refusals.NotFound("person");
        var (before, after) = (person.Roles, (Role[])[.. roles.Distinct().Order()]);
        Role[] keepers = [.. Rights.KeepPeople.Grants.SelectMany(grant => grant.Roles)];
        if (before.Intersect(keepers).Any() && !after.Intersect(keepers).Any() && !await AnotherKeepsAsync(act, staffId, keepers, cancel))
            throw new Refusal("last-ict", 409, "This is the only ICT lead. Please make somebody else one first.");
        person.Roles = after;
        await db.EndWeakSessionsAsync(person, before, cancel);
        act.Answers(200, person.Id);
        AuditEvent[] events = before.SequenceEqual(after) ? [] :
        [
            new("staff.roles-changed", null, "staff", person.Id.ToString(), new { from = before.Select(role => Words.Of(role)), to = after.Select(role => Words.Of(role)) }),
        ];
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

    private async Task<bool> AnotherKeepsAsync(Act act, Guid but, Role[] keepers, CancellationToken cancel)
    {
        string[] words = [.. keepers.Select(role => Words.Of(role))];
        return (await db.Database.SqlQuery<bool>($"""
            select exists (select from staff where school_id = {act.SchoolId} and id <> {but} and left_at is null and roles && {words}) as "Value"
            """).ToListAsync(cancel))[0];
    }

    private async Task<StaffMember> FindAsync(Act act, Guid staffId, CancellationToken cancel) =>
        await db.Staff.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == staffId, cancel)
            ?? throw Refusals.NotFound("person");

    public static AuditEvent Added(StaffMember person) => new(
        "staff.added", null, "staff", person.Id.ToString(), new { roles = person.Roles.Select(role => Words.Of(role)) });
}
