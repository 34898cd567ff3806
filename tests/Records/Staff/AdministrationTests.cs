using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Records.Staff;

public sealed class AdministrationTests : IAsyncLifetime
{
    private TestRecords records = null!;

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task A_school_comes_with_its_switches_its_key_and_its_places_in_the_feed()
    {
        var school = await records.AddSchoolAsync();
        foreach (var table in new[] { "policy_switches", "feed_heads", "date_turns" })
            Assert.Equal(1L, await records.ScalarAsync<long>($"select count(*) from {table} where school_id = $1", school.Id));
        Assert.Equal(["school.added"], await records.EventsAsync(school.Id));
        Assert.Equal(school.Id, (await FindAsync(school.Name)).Id);
        Assert.Equal(school.Id, (await FindAsync(school.Id.ToString())).Id);
        Assert.Equal(404, (await Assert.ThrowsAsync<Refusal>(() => FindAsync("Nowhere"))).Status);
    }

    [Fact]
    public async Task A_school_of_the_same_name_or_of_no_known_zone_is_refused()
    {
        var school = await records.AddSchoolAsync();
        Assert.Equal("school-exists", (await Assert.ThrowsAsync<Refusal>(() => AddAsync(school.Name, "Europe/London"))).Type);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<Refusal>(() => AddAsync("New", "Europe/Nowhere"))).Type);
    }

    [Fact]
    public async Task One_person_stands_for_each_role_unless_somebody_is_named()
    {
        var school = await records.AddSchoolAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await records.TokenAsync(school.Id, new(Role.Office))).Person.Id));
        Assert.Single(people.Distinct());
        var named = (await records.TokenAsync(school.Id, new(Role.Office, "Grace"))).Person;
        var both = (await records.TokenAsync(school.Id, new(Role.Head, "Grace"))).Person;
        Assert.Equal(named.Id, both.Id);
        Assert.Equal([Role.Office, Role.Head], both.Roles);
    }

    [Fact]
    public async Task A_device_is_enrolled_once_and_its_name_is_not_used_again_after_it_was_revoked()
    {
        var school = await records.AddSchoolAsync();
        await records.TokenAsync(school.Id, new(Role.Teacher, Device: "iPad 1"));
        await records.TokenAsync(school.Id, new(Role.Teacher, Device: "iPad 1"));
        Assert.Equal(1L, await records.ScalarAsync<long>("select count(*) from devices"));
        await records.RunAsync<DeviceDesk>(desk => desk.RevokeAsync(Act.OfSystem(school.Id), "iPad 1", default));
        var refused = await Assert.ThrowsAsync<Refusal>(() => records.TokenAsync(school.Id, new(Role.Teacher, Device: "iPad 1")));
        Assert.Equal("device-revoked", refused.Type);
        Assert.Equal(404, (await Assert.ThrowsAsync<Refusal>(() =>
            records.RunAsync<DeviceDesk>(desk => desk.RevokeAsync(Act.OfSystem(school.Id), "iPad 2", default)))).Status);
        Assert.Equal(["device.enrolled", "device.revoked"],
            (await records.EventsAsync(school.Id)).Where(name => name.StartsWith("device", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_but_the_ict_lead_administers()
    {
        var school = await records.AddSchoolAsync();
        var (_, head) = await records.TokenAsync(school.Id, new(Role.Head));
        var refused = await Assert.ThrowsAsync<Refusal>(() => records.RunAsync<StaffAdmin>(admin =>
            admin.AddAsync(TestRecords.ActOf(head), "Somebody", [Role.Ict], default)));
        Assert.Equal("role-may-not", refused.Type);
    }

    private Task<School> FindAsync(string name) => records.RunAsync<SchoolAdmin, School>(admin => admin.FindAsync(name, default));

    private Task<School> AddAsync(string name, string zone) =>
        records.RunAsync<SchoolAdmin, School>(admin => admin.AddAsync(name, PolicyProfile.Strict, zone, default));
}
