using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Models;

namespace PhotoGuard.Tests.Api.Retention;

/// <summary>Schools that can be made to have lived for years.</summary>
public sealed class LifetimesHouse : IAsyncLifetime
{
    private ModelHouse house = null!;

    public TestApi Api { get; } = new();

    public TestRecords Records => Api.Records;

    /// <summary>A process that can be stopped anywhere.</summary>
    public PhotoFlows Faulty => house.Faulty;

    public Seams Seams => house.Seams;

    public async Task InitializeAsync()
    {
        await Api.InitializeAsync();
        house = await ModelHouse.OverAsync(Task.FromResult(Api.Records));
    }

    public async Task DisposeAsync()
    {
        await house.Faulty.DisposeAsync();
        await house.Clean.DisposeAsync();
        await Api.DisposeAsync();
    }

    /// <summary>A school that has nights behind it, in a zone whose days are the machine's.</summary>
    public async Task<TestSchool> SchoolAsync()
    {
        var school = await Api.SchoolAsync(zone: "UTC");
        await Records.ExecuteAsync("update schools set created_at = created_at - interval '90 years' where id = $1", school.Id);
        return school;
    }

    /// <summary>Everything that is written about the school becomes older: by whole years to the day, and by days.</summary>
    public Task PassAsync(TestSchool school, int years = 0, int days = 0) =>
        house.AgeAsync(school.Id, TestSchool.Today.DayNumber - TestSchool.Today.AddYears(-years).DayNumber + days);

    /// <summary>What the schedule does at night.</summary>
    public Task<IReadOnlyList<LifetimeRun>> NightAsync() => Records.RunAsync<Lifetimes, IReadOnlyList<LifetimeRun>>(it => it.RunDueAsync(default));

    /// <summary>The next night, for a school that has had this one.</summary>
    public async Task<IReadOnlyList<LifetimeRun>> NextNightAsync(TestSchool school)
    {
        await Records.ExecuteAsync("update lifetime_runs set night = night - 1 where school_id = $1", school.Id);
        return await NightAsync();
    }

    /// <summary>An entry of the audit from another time, sealed with the rest.</summary>
    public Task WriteAsync(TestSchool school, string happened, DateTimeOffset at, Guid? photo = null) => Records.ExecuteAsync(
        "insert into audit_entries (school_id, at, event, actor_kind, photo_id) values ($1, $2, $3, 'system', $4)",
        school.Id, at, happened, photo is null ? DBNull.Value : photo.Value);

    /// <summary>The first instant that is not over after so many years.</summary>
    public static DateTimeOffset Ago(int years) => new(TestSchool.Today.AddYears(-years).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>What is found about the school's chain and its ledger.</summary>
    public async Task<string[]> ChainAsync(TestSchool school)
    {
        await Records.SealAsync();
        var findings = await Records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(default));
        return [.. findings.Where(finding => finding.Contains(school.Id.ToString(), StringComparison.Ordinal))];
    }

    /// <summary>As a superuser who has switched every trigger off.</summary>
    public Task BehindOurBackAsync(string change) => Records.ExecuteAsync($"begin; set local session_replication_role = replica; {change}; commit");
}
