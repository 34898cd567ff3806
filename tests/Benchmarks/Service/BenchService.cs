using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Benchmarks.Service;

/// <summary>
/// A PhotoGuard of the measurement's own: a private cluster that promises what production promises (fsync, checksums, SCRAM), a
/// temporary folder for pictures, and the product's real Release processes. All of it goes when the measurement ends, however it ends.
/// </summary>
public sealed class BenchService : IAsyncDisposable
{
    private readonly TestCluster cluster;
    private readonly TiedProcess removal;

    private BenchService(TestCluster cluster, TiedProcess removal, PhotoGuardSettings settings)
    {
        (this.cluster, this.removal, Settings) = (cluster, removal, settings);
        Services = new ServiceCollection().AddLogging().AddRecords(settings).BuildServiceProvider();
    }

    /// <summary>What the processes are told.</summary>
    public PhotoGuardSettings Settings { get; }

    /// <summary>The operations, in the measurement's own process: to make schools and people, and to look.</summary>
    public ServiceProvider Services { get; }

    /// <summary>Starts the cluster and brings it up to date; no process of the product runs yet.</summary>
    public static async Task<BenchService> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory("photoguard-bench-").FullName;
        var removal = TiedProcess.AtTheEnd("rm -rf \"$1\"", data);
        var cluster = await TestCluster.StartAsync();
        var service = new BenchService(cluster, removal, new PhotoGuardSettings(
            await PooledAsync(cluster, 50), await PooledAsync(cluster, 20), data, Path.Combine(data, "root.key"),
            $"disk:{Path.Combine(data, "blobs")}", "n1", $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}", 40));
        service.TellProcesses();
        await RecordsWiring.MigrateAsync(service.Services);
        return service;
    }

    /// <summary>Where the second web process answers.</summary>
    public string SecondUrl { get; } = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts a web process and waits until it answers at the settings' public URL.</summary>
    public Task<ProductProcess> StartApiAsync() => ReadyAsync(ProductProcess.Start("api", "PhotoGuard.Api", Settings.Data), Settings.PublicUrl);

    /// <summary>Starts another one beside it, over the same databases and store, and waits until it answers at <see cref="SecondUrl"/>.</summary>
    public Task<ProductProcess> StartSecondApiAsync() => ReadyAsync(
        ProductProcess.StartAs("api-n2", "api", "PhotoGuard.Api", Settings.Data, "--urls", SecondUrl, "--PHOTOGUARD_NODE", "n2"), SecondUrl);

    private static async Task<ProductProcess> ReadyAsync(ProductProcess api, string url)
    {
        using var http = new HttpClient();
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(100))
        {
            try
            {
                if ((await http.GetAsync(new Uri($"{url}/readyz"))).IsSuccessStatusCode) return api;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline)
            {
            }

            if (DateTime.UtcNow >= deadline) throw new InvalidOperationException($"The web process does not answer: {api.LastWords()}");
        }
    }

    /// <summary>Starts a worker process; it may not be at work yet when this returns.</summary>
    public ProductProcess StartWorkers() => ProductProcess.Start("workers", "PhotoGuard.Workers", Settings.Data, "work");

    /// <summary>Runs an operation in a scope of its own.</summary>
    public async Task<T> RunAsync<TOperation, T>(Func<TOperation, Task<T>> operation) where TOperation : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await operation(scope.ServiceProvider.GetRequiredService<TOperation>());
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await cluster.DisposeAsync();
        await removal.DisposeAsync();
    }

    /// <summary>By the environment, which the processes inherit: a password does not belong into a list of processes.</summary>
    private void TellProcesses()
    {
        Environment.SetEnvironmentVariable("PHOTOGUARD_DATABASE", Settings.Database);
        Environment.SetEnvironmentVariable("PHOTOGUARD_KEYS", Settings.Keys);
        Environment.SetEnvironmentVariable("PHOTOGUARD_DATA", Settings.Data);
        Environment.SetEnvironmentVariable("PHOTOGUARD_ROOT_KEY", Settings.RootKey);
        Environment.SetEnvironmentVariable("PHOTOGUARD_BLOBS", Settings.Blobs);
        Environment.SetEnvironmentVariable("PHOTOGUARD_NODE", Settings.Node);
        Environment.SetEnvironmentVariable("PHOTOGUARD_PUBLIC_URL", Settings.PublicUrl);
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", Settings.PublicUrl);
    }

    /// <summary>As many connections as script/run allows a process.</summary>
    private static async Task<string> PooledAsync(TestCluster cluster, int connections) =>
        new NpgsqlConnectionStringBuilder(await cluster.CreateDatabaseAsync()) { MaxPoolSize = connections, IncludeErrorDetail = false }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
