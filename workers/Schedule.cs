using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers.Access;
using PhotoGuard.Workers.Photos;
using PhotoGuard.Workers.Publication;
using PhotoGuard.Workers.Removal;
using PhotoGuard.Workers.Retention;
using PhotoGuard.Workers.Work;
using Quartz;

namespace PhotoGuard.Workers;

/// <summary>
/// Everything that recurs, and nothing else does. Quartz.NET is only the clock here: each run falls on whichever node lives, and
/// a run that was missed while everything stood still starts at once. What there is to do, the sweeps find in the records.
/// </summary>
public static class Schedule
{
    private static readonly (Type Job, string Name, TimeSpan Every, string Description)[] Recurring =
    [
        (typeof(NightlyPurgeJob), "nightly-purge", TimeSpan.FromMinutes(1),
            "Destroys what is due by deleteAfter, once a night from 02:00 in each school's zone; a missed night at once. The watchman does it an hour later where this does not."),
        (typeof(RemovalSweepJob), "removal-sweep", TimeSpan.FromMinutes(1),
            "Finds every removal that should be open or queued and is not, from records alone."),
        (typeof(CopySweepJob), "copy-sweep", TimeSpan.FromHours(1),
            "Looks at every picture that was ever given out: copies where it is no longer cleared become removals."),
        (typeof(ConsentExpiryJob), "consent-expiry", TimeSpan.FromMinutes(1),
            "Tells the feed what changed by date alone: expiry of answers, leavers, birthdays, deleteAfter."),
        (typeof(UnfinishedSweepJob), "unfinished-sweep", TimeSpan.FromMinutes(1),
            "Deletes objects whose write never finished; queues renditions that photos of the last day lack and redactions that were asked for; takes up what was set aside for a time."),
        (typeof(OrphanSweepJob), "orphan-sweep", TimeSpan.FromHours(1),
            "Holds store, registry and keys against one another: what belongs to nothing goes, what is missing is made or reported."),
        (typeof(KeyEpochJob), "key-epoch", TimeSpan.FromMinutes(10),
            "Wraps the living keys anew and overwrites the old secret, within 8 hours of a destruction, after a hundred of them at once."),
        (typeof(LifetimesJob), "lifetimes", TimeSpan.FromMinutes(10),
            "Deletes records whose years are over, once a night from 02:00 in each school's zone; a missed night, or one that was cut short, at once."),
        (typeof(BrowsingWatchJob), "browsing-watch", TimeSpan.FromMinutes(1),
            "Watches the access log: unusual numbers, unusual hours, openings refused again and again. One alarm a person and kind."),
        (typeof(HousekeepingJob), "housekeeping", TimeSpan.FromHours(1),
            "Forgets idempotency answers after 24 hours, picture digests after a year, ended sessions and links."),
    ];

    public static IServiceCollection AddSchedule(this IServiceCollection services, PhotoGuardSettings settings)
    {
        var clock = new ScheduleClock();
        services.AddSingleton(clock);
        services.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(clock);
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "photoguard";
                options.InstanceId = settings.Node;
                options.IdleWaitTime = TimeSpan.FromSeconds(5);
            });
            quartz.UseDefaultThreadPool(4);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, settings.Database);
                store.UseSystemTextJsonSerializer();
                store.ProvisionSchema();
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(5);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(10);
                });
            });
            foreach (var (job, name, every, description) in Recurring)
            {
                quartz.AddJob(job, configure => configure.WithIdentity(name).StoreDurably().WithDescription(description));
                quartz.AddTrigger(trigger => trigger.ForJob(name).WithIdentity(name).WithDescription(description).StartNow()
                    .WithSimpleSchedule(Forever(every)));
            }
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return services;
    }

    /// <summary>
    /// Brings forward what is to run later than it ever should be: the clock by which that was written down was put back since.
    /// </summary>
    /// <returns>Jobs brought forward.</returns>
    public static async Task<int> BringForwardAsync(IScheduler scheduler, ScheduleClock clock, CancellationToken cancel)
    {
        var brought = 0;
        foreach (var (_, name, every, description) in Recurring)
        {
            if (await scheduler.GetTrigger(new TriggerKey(name), cancel) is not { } trigger || trigger.NextFireTimeUtc is not { } next || next <= clock.GetUtcNow() + 2 * every) continue;
            await scheduler.RescheduleJob(trigger.Key, TriggerBuilder.Create().ForJob(name).WithIdentity(name)
                .WithDescription(description).StartAt(clock.GetUtcNow()).WithSimpleSchedule(Forever(every)).Build(), cancel);
            brought++;
        }
        return brought;
    }

    private static Action<SimpleScheduleBuilder> Forever(TimeSpan every) => simple =>
        simple.WithInterval(every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount);
}
