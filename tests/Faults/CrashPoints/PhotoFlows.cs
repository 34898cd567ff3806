using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers;
using PhotoGuard.Workers.Work;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>The flows of a photo's life as api and workers run them, over real databases and a real store.</summary>
public sealed class PhotoFlows : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private PhotoFlows(ServiceProvider services) => this.services = services;

    public IServiceProvider Services => services;

    /// <param name="seams">Where the flows can be stopped; null for a process to which nothing happens.</param>
    /// <param name="change">Decorates parts.</param>
    public static PhotoFlows Over(PhotoGuardSettings settings, Seams? seams = null, Action<IServiceCollection>? change = null)
    {
        var parts = new ServiceCollection().AddLogging().AddWorkers(settings).AddIngest();
        if (seams is not null) Open(parts, settings, seams);
        change?.Invoke(parts);
        return new(parts.BuildServiceProvider());
    }

    /// <summary>Receives a picture from somebody with a token; its photo.</summary>
    /// <exception cref="Refusal">As <see cref="PhotoIntake.ReceiveAsync"/>.</exception>
    public async Task<Guid> ReceiveAsync(string token, Guid activity, byte[] picture)
    {
        var who = (await RunAsync((Recognition recognition) => recognition.ByTokenAsync(token, CancellationToken.None)))!;
        return await RunAsync(async (PhotoIntake intake) =>
            (await intake.ReceiveAsync(new Act(who.SchoolId, who.Actor), activity, picture, again: false, attested: false, CancellationToken.None)).Photo.Id);
    }

    /// <summary>Claims one item of work and does it, as the work loop would.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> WorkAsync(params string[] kinds)
    {
        if (await ClaimAsync(kinds) is not { } item) return false;
        await DoAsync(item);
        return true;
    }

    public async Task<WorkItem?> ClaimAsync(params string[] kinds) =>
        (await RunAsync((WorkQueue queue) => queue.ClaimAsync("flows", kinds, 1, CancellationToken.None))).SingleOrDefault();

    public Task DoAsync(WorkItem item) => DoAsync([item]);

    /// <summary>As many items of removal as go together, claimed together.</summary>
    public async Task<IReadOnlyList<WorkItem>> ClaimRemovalsAsync() =>
        await RunAsync((WorkQueue queue) => queue.ClaimAsync("flows", [WorkKinds.Remove], RemovalRun.Together, CancellationToken.None));

    /// <summary>Does what was claimed together.</summary>
    public async Task DoAsync(IReadOnlyList<WorkItem> items)
    {
        await using var scope = services.CreateAsyncScope();
        await WorkTable.DoAsync(scope.ServiceProvider, items, CancellationToken.None);
    }

    /// <summary>What the schedule would do over the next hours: every sweep, and all work to its end.</summary>
    public async Task RecoverAsync()
    {
        await Clock.PassAsync(this);
        for (var round = 0; ; round++)
        {
            Assert.True(round < 20, "The work does not come to an end.");
            await RunAsync((RemovalSweep sweep) => sweep.QueueAsync(CancellationToken.None));
            await RunAsync((ObjectSweep sweep) => sweep.SweepUnfinishedAsync(CancellationToken.None));
            await RunAsync((WorkQueue queue) => queue.TurnAsync(CancellationToken.None));
            await RunAsync((ObjectSweep sweep) => sweep.QueueRendersAsync(DateTimeOffset.MinValue, CancellationToken.None));
            await RunAsync((RedactionWork redactions) => redactions.QueueAsync(CancellationToken.None));
            if (await CountAsync("select count(*) from work where stuck_at is null") == 0) break;
            while (await WorkAsync(WorkKinds.Render, WorkKinds.RenderPrint, WorkKinds.Redact, WorkKinds.Remove))
            {
            }
            await Clock.PassAsync(this);
        }
        await RunAsync((ObjectSweep sweep) => sweep.SweepAllAsync(CancellationToken.None));
    }

    public async Task<T> RunAsync<TOperation, T>(Func<TOperation, Task<T>> operation) where TOperation : notnull
    {
        await using var scope = services.CreateAsyncScope();
        return await operation(scope.ServiceProvider.GetRequiredService<TOperation>());
    }

    /// <summary>A count straight from the records.</summary>
    public async Task<long> CountAsync(string sql, params object[] parameters)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static void Open(IServiceCollection parts, PhotoGuardSettings settings, Seams seams)
    {
        parts.ConfigureDbContext<RecordsDb>(options => options.AddInterceptors(new RecordsSeam(seams)));
        parts.AddSingleton<IBlobStore>(_ => new BlobSeam(new DiskBlobStore(settings.Blobs.Split(':', 2)[1]), seams));
        parts.AddKeyedSingleton(RecordsWiring.KeysDatabase, (_, _) =>
            new NpgsqlDataSourceBuilder(settings.Keys).UseLoggerFactory(new KeySeam(seams)).Build());
    }
}
