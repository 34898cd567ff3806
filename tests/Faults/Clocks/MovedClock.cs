using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.Clocks;

/// <summary>The api over a PostgreSQL whose clock the test moves, and workers that note it.</summary>
internal sealed class MovedClock : IAsyncDisposable
{
    private readonly TestCluster cluster;
    private readonly Dictionary<string, OwnNote> own = [];

    private MovedClock(TestCluster cluster, TestApi api) => (this.cluster, Api) = (cluster, api);

    public TestApi Api { get; }
    public TestRecords Records => Api.Records;

    public static async Task<MovedClock> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(movable: true);
        return new(cluster, await TestApi.OverAsync(await TestRecords.CreateAsync(cluster: cluster)));
    }

    /// <summary>While everybody lives.</summary>
    public void Move(string shift) => cluster.MoveClock(shift);

    /// <summary>Everything stops, time passes or is set, and everything starts again: nobody remembers anything.</summary>
    public async Task RestartAsync(string shift)
    {
        own.Clear();
        await cluster.StopAsync();
        cluster.MoveClock(shift);
        await cluster.RestartAsync();
        // The pools hold connections of the server that was stopped.
        Records.Services.GetRequiredService<NpgsqlDataSource>().Clear();
        Records.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase).Clear();
        using var http = new HttpClient();
        await Eventually.IsAsync("the api is ready", async () => (await http.GetAsync(new Uri(Api.Address, "/readyz"))).IsSuccessStatusCode);
    }

    /// <summary>What the watchman of a worker does every ten seconds.</summary>
    /// <param name="uptime">Of its machine; null for this one's.</param>
    /// <returns>How far the clock is found to be moved, where that is new.</returns>
    public async Task<TimeSpan?> NoteAsync(string node = "n1", Uptime? uptime = null)
    {
        var note = await Records.RunAsync<ClockWatch, ClockNote>(watch =>
            watch.NoteAsync(node, uptime ?? Uptime.Read(), own.GetValueOrDefault(node), CancellationToken.None));
        own[node] = note.Own;
        return note.Jumped;
    }

    /// <summary>The worker dies; whoever starts next remembers nothing.</summary>
    public void Forget() => own.Clear();

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await cluster.DisposeAsync();
    }
}
