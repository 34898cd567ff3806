using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Schools are made by administration: from the command line, or by the first link of all.</summary>
public sealed class SchoolAdmin(RecordsDb db, KeyStore keys)
{
    /// <summary>Makes a school with its switches, its key and its places in the feed.</summary>
    /// <param name="zone">IANA name, e.g. Europe/London.</param>
    /// <exception cref="Refusal"><c>invalid</c> 422 · <c>school-exists</c> 409.</exception>
    public async Task<School> AddAsync(string name, PolicyProfile profile, string zone, CancellationToken cancel)
    {
        var school = New(name, zone);
        await PrepareAsync(school, profile, cancel);
        try
        {
            await db.CommitAsync(Act.OfSystem(school.Id), cancel, Added(school, profile));
        }
        catch (DbUpdateException error) when (error.IsTwin())
        {
            throw new Refusal("school-exists", 409, "There is a school of that name already.");
        }

        return school;
    }

    /// <summary>The school of that name or id.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task<School> FindAsync(string nameOrId, CancellationToken cancel)
    {
        var id = Guid.TryParse(nameOrId, out var parsed) ? parsed : Guid.Empty;
        return await db.Schools.SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? await db.Schools.SingleOrDefaultAsync(row => row.Name == nameOrId, cancel)
            ?? throw Refusals.NotFound("school");
    }

    internal static School New(string name, string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            throw Refusals.Invalid("The time zone is not known; write it like Europe/London.");
        return new() { Id = Guid.CreateVersion7(), Name = Fields.Needed(name, "name", 200), Zone = zone };
    }

    /// <summary>Adds the rows of a new school to the operation under way; its key is committed first.</summary>
    internal async Task PrepareAsync(School school, PolicyProfile profile, CancellationToken cancel)
    {
        await keys.EnsureSchoolAsync(school.Id, cancel);
        db.Schools.Add(school);
        db.PolicySwitches.Add(PolicySwitches.Of(profile, school.Id));
        db.FeedHeads.Add(new FeedHead { SchoolId = school.Id, Epoch = Guid.NewGuid() });
        db.DateTurns.Add(new DateTurn { SchoolId = school.Id, ToldUntil = await db.NowAsync(cancel) });
    }

    internal static AuditEvent Added(School school, PolicyProfile profile) =>
        new("school.added", null, "school", school.Id.ToString(), new { profile = Words.Of(profile), zone = school.Zone });
}
