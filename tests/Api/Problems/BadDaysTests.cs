using Npgsql;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Api.Problems;

public sealed class BadDaysTests
{
    [Fact]
    public async Task While_the_database_is_away_callers_are_told_to_try_again_and_no_more()
    {
        await using var records = await TestRecords.CreateAsync();
        var away = new NpgsqlConnectionStringBuilder(records.Settings.Database) { Host = "/tmp/photoguard-nowhere" }.ConnectionString;
        await using var app = await TestApi.StartAsync(records.Settings with { Database = away });
        var caller = new Person(TestApi.AddressOf(app), "pg_any", Guid.Empty);

        var told = (await caller.GetAsync("pupils")).MustRefuse(503, "try-again");
        Assert.Equal("2", told.Headers["Retry-After"]);
        Assert.DoesNotContain("nowhere", told.Text, StringComparison.Ordinal);
        (await caller.GetAsync("/healthz")).Must(200);
        Assert.Equal("notReady", (await caller.GetAsync("/readyz")).Must(503).Text);
    }

    [Fact]
    public async Task A_database_without_its_migrations_is_not_ready()
    {
        await using var records = await TestRecords.CreateAsync();
        var empty = await (await TestCluster.SharedAsync()).CreateDatabaseAsync();
        await using var app = await TestApi.StartAsync(records.Settings with { Database = empty });
        var caller = new Person(TestApi.AddressOf(app), null, Guid.Empty);
        Assert.Equal("notReady", (await caller.GetAsync("/readyz")).Must(503).Text);
    }
}
