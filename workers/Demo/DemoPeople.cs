using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers.Cli;

namespace PhotoGuard.Workers.Demo;

/// <summary>The demo's school, one person for each role, and the teacher's iPad: made from the machine itself, as the first of everything is.</summary>
internal sealed class DemoPeople(Office office, School school)
{
    public const string SchoolName = "Demo Primary";
    public const string Device = "Demo iPad";

    private static readonly (Role Role, string Name)[] Everyone =
    [
        (Role.Teacher, "Tess Marsh"), (Role.Screener, "Sam Whitlock"), (Role.Office, "Olive Grant"), (Role.Editor, "Eddie Cole"),
        (Role.Safeguarding, "Sara Finch"), (Role.Head, "Hazel Byrne"), (Role.Ict, "Ivo Lang"),
    ];

    private readonly Act act = Act.OfSystem(school.Id);

    public School School => school;

    public static async Task<DemoPeople> OpenAsync(Office office, CancellationToken cancel)
    {
        var known = await office.Get<RecordsDb>().Schools.SingleOrDefaultAsync(row => row.Name == SchoolName, cancel);
        return new(office, known ?? await office.Get<SchoolAdmin>().AddAsync(SchoolName, PolicyProfile.Strict, "Europe/London", cancel));
    }

    /// <summary>A fresh sign-in link for everybody; who is missing is added, who has left stays away.</summary>
    public async Task<IReadOnlyList<(Role Role, string Name, string Url)>> LinksAsync(CancellationToken cancel)
    {
        var links = new List<(Role, string, string)>();
        var iPad = await DeviceAsync(cancel);
        foreach (var (role, name) in Everyone)
        {
            var device = role == Role.Teacher ? iPad : null;
            var person = await office.Get<RecordsDb>().Staff.AsNoTracking()
                .SingleOrDefaultAsync(row => row.SchoolId == school.Id && row.Name == name, cancel);
            if (person?.LeftAt is not null) continue;
            var secret = person is null
                ? (await office.Get<StaffAdmin>().AddAsync(act, name, [role], cancel, device)).Link
                : await office.Get<StaffAdmin>().LinkAsync(act, person.Id, cancel, device);
            links.Add((role, name, SignInLinks.Url(office.Settings.PublicUrl, secret)));
        }
        return links;
    }

    /// <summary>The person with a token that nobody else ever sees and that ends tomorrow.</summary>
    public async Task<(DemoCaller Caller, Guid Id)> CallerAsync(HttpClient http, Role role, CancellationToken cancel)
    {
        var tomorrow = SchoolDays.DateOf(await office.Get<RecordsDb>().NowAsync(cancel), school.TimeZone()).AddDays(1);
        var name = Everyone.Single(one => one.Role == role).Name;
        var (token, person) = await office.Get<TokenDesk>().IssueAsync(
            act, new NewToken(role, name, role == Role.Teacher ? Device : null, ExpiresOn: tomorrow), cancel);
        return (new(http, token), person.Id);
    }

    /// <returns>Null where somebody has revoked it since.</returns>
    private async Task<Device?> DeviceAsync(CancellationToken cancel)
    {
        var known = await office.Get<RecordsDb>().Devices.AsNoTracking()
            .SingleOrDefaultAsync(row => row.SchoolId == school.Id && row.Name == Device, cancel);
        if (known is null) return await office.Get<DeviceDesk>().EnrolAsync(act, Device, "iPad (9th generation)", cancel);
        return known.RevokedAt is null ? known : null;
    }
}
