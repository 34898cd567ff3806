using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>The first link of all makes the first school and its ict person.</summary>
public sealed class FirstSchool(RecordsDb db, SchoolAdmin schools, SignIn signIn)
{
    /// <summary>Makes a link, as long as there is no school. Links made before stay good until one of them is used.</summary>
    /// <returns>The link's secret; null where there is a school already.</returns>
    public async Task<string?> LinkAsync(CancellationToken cancel)
    {
        if (await db.Schools.AnyAsync(cancel)) return null;
        var secret = await db.AddLinkAsync(null, null, null, cancel);
        await db.SaveChangesAsync(cancel);
        return secret;
    }

    /// <summary>Whether this is the secret of a first link that can still be used.</summary>
    public async Task<bool> IsFirstAsync(string secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret);
        var now = await db.NowAsync(cancel);
        return await db.SignInLinks.AnyAsync(row => row.Hash == hash && row.SchoolId == null && row.UsedAt == null && row.ExpiresAt > now, cancel)
            && !await db.Schools.AnyAsync(cancel);
    }

    /// <summary>Makes the school and its ict person, who is signed in.</summary>
    /// <exception cref="Refusal"><c>link-used</c> 410 · <c>invalid</c> 422.</exception>
    public async Task<SignedIn> RedeemAsync(
        string secret, string schoolName, string personName, PolicyProfile profile, string zone, CancellationToken cancel, Whence? from = null)
    {
        var school = SchoolAdmin.New(schoolName, zone);
        var person = new StaffMember
        {
            Id = Guid.CreateVersion7(),
            SchoolId = school.Id,
            Name = Fields.Needed(personName, "name", 200),
            Roles = [Role.Ict],
        };
        await using var transaction = await db.BeginAsync(cancel);
        // Whoever holds another first link waits here and then finds a school.
        await db.Database.ExecuteSqlAsync($"lock table sign_in_links in share row exclusive mode", cancel);
        if (await db.TakeLinkAsync(secret, cancel) is not { SchoolId: null } || await db.Schools.AnyAsync(cancel))
            throw new Refusal("link-used", 410, "This link has been used or is too old. Please ask for a new one on the server.");
        await schools.PrepareAsync(school, profile, cancel);
        db.Staff.Add(person);
        return await signIn.OpenAsync(
            person, null, SignInWay.Link, [SchoolAdmin.Added(school, profile), StaffAdmin.Added(person)], cancel, from: from);
    }
}
