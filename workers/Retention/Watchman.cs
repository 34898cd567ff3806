using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using Quartz;

namespace PhotoGuard.Workers.Retention;

/// <summary>
/// What must not hang on the schedule, on every node: notes the database's clock every few seconds and sets the schedule by it, starts a night's run where the
/// schedule is an hour late with it, tells of nights without one or without a backup, of removals past their deadline, and of holds that
/// are to be looked at again.
/// </summary>
public sealed class Watchman(
    IServiceScopeFactory scopes, PhotoGuardSettings settings, ScheduleClock clock, ILogger<Watchman> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);
    private const int RoundsOfAMinute = 6;

    private OwnNote? own;

    /// <summary>Returns once the schedule, which starts next, goes by the database's clock.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync<ClockWatch>("note the database's clock", watch => NoteAsync(watch, cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    // The schedule's tables may be locked by the dead: who looks at them is waited for by nobody.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(WatchAsync(stoppingToken), KeepScheduleAsync(stoppingToken));

    private async Task KeepScheduleAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await TryAsync<ISchedulerFactory>("look at the schedule", schedulers => BringForwardAsync(schedulers, stopping));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            for (var round = 0L; ; round++)
            {
                await TryAsync<ClockWatch>("note the database's clock", watch => NoteAsync(watch, stopping));
                if (round % RoundsOfAMinute == 0)
                {
                    await TryAsync<PurgeNights>("start a late night's run", nights => StartAsync(nights, stopping));
                    await TryAsync<HoldReviews>("look for holds to be reviewed", reviews => reviews.TellAsync(stopping));
                }
                // After the run that a long stop has just made due.
                if (round % RoundsOfAMinute == 1)
                {
                    await TryAsync<PurgeNights>("look for missed nights", nights => TellAsync(nights, stopping));
                    await TryAsync<BackupNotes>("look for missed backups", notes => TellAsync(notes, stopping));
                    await TryAsync<OverdueRemovals>("look for overdue removals", overdue => TellAsync(overdue, stopping));
                }
                await timer.WaitForNextTickAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task NoteAsync(ClockWatch watch, CancellationToken stopping)
    {
        var note = await watch.NoteAsync(settings.Node, Uptime.Read(), own, stopping);
        own = note.Own;
        clock.Set(note.Now);
        if (note.Jumped is { } by)
            log.LogCritical("The database's clock was moved by {Hours:F1} hours. Nothing is destroyed by date until it is put right or two people of each school confirm it.", by.TotalHours);
    }

    private async Task BringForwardAsync(ISchedulerFactory schedulers, CancellationToken stopping)
    {
        var brought = await Schedule.BringForwardAsync(await schedulers.GetScheduler(stopping), clock, stopping);
        if (brought > 0) log.LogWarning("{Jobs} jobs were to run later than they ever should: the clock was put back. They run now.", brought);
    }

    private async Task StartAsync(PurgeNights nights, CancellationToken stopping)
    {
        var started = await nights.StartAsync(Late, stopping);
        if (started > 0) log.LogWarning("The schedule had not started tonight's deletion run for {Schools} schools an hour after its time; started here.", started);
    }

    private async Task TellAsync(PurgeNights nights, CancellationToken stopping)
    {
        foreach (var missed in await nights.TellAsync(stopping))
            log.LogCritical("School {School} has had no deletion run since {Since:u}.", missed.School, missed.Since);
    }

    private async Task TellAsync(BackupNotes notes, CancellationToken stopping)
    {
        foreach (var missed in await notes.TellAsync(stopping))
            log.LogCritical("There has been no {What} since {Since:u}.", missed.What == BackupOf.Keys ? "copy of the keys" : "backup", missed.Since);
    }

    private async Task TellAsync(OverdueRemovals overdue, CancellationToken stopping)
    {
        var told = await overdue.TellAsync(stopping);
        if (told > 0) log.LogCritical("{Count} removals are past their deadline; the page 'How it runs' says which.", told);
    }

    private async Task TryAsync<T>(string what, Func<T, Task> act) where T : notnull
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await act(scope.ServiceProvider.GetRequiredService<T>());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning("Could not {What}: {Error}. It is tried again.", what, error.Told());
        }
    }
}
