using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace PhotoGuard.Records.Telemetry;

/// <summary>
/// What the records say of the whole service, read when somebody looks (docs/operations.md, Metrics). Every process tells all of it, so that
/// any one that lives tells it. Where the records cannot be read, <c>photoguard.up</c> is 0 and the others are absent, never zero.
/// </summary>
public sealed class RecordsGauges(RecordsReading reading, IMeterFactory meters) : IHostedService
{
    public const string MeterName = "PhotoGuard.Records";

    /// <summary>Every gauge: its name, its unit (null for a count or a yes), and its labels.</summary>
    public static IReadOnlyList<(string Name, string? Unit, string[] Labels, string Means)> All { get; } =
    [
        ("photoguard.serving", null, [], "1 while the records may be served from, 0 while a restore is under way."),
        ("photoguard.clock.doubted", null, [], "1 while the database's clock was moved and nothing is destroyed by date."),
        ("photoguard.purge.age", "s", [], "Since the last deletion run of the school that has waited longest."),
        ("photoguard.purge.stopped", null, [], "Deletion runs that wait for two people."),
        ("photoguard.purge.due", null, [], "Pictures whose deleteAfter has come and that are still there; counted to 100,000 for each school."),
        ("photoguard.sweep.stopped", null, [], "1 while so much in the store or among the keys belongs to nobody that it was left alone."),
        ("photoguard.objects.missing", null, [], "Objects that the last sweep found registered and not in the store."),
        ("photoguard.removals.open", null, ["place", "cause"], "Removals that have not ended."),
        ("photoguard.removals.age", "s", ["place", "cause"], "Since the oldest of them was to begin."),
        ("photoguard.removals.overdue", null, ["place", "cause"], "Removals past their deadline; our own copies of what is held are not among them."),
        ("photoguard.work.waiting", null, ["kind"], "Work that is due."),
        ("photoguard.work.age", "s", ["kind"], "Since the oldest of it was due."),
        ("photoguard.work.failing", null, ["kind"], "Work that failed and is tried again."),
        ("photoguard.work.stuck", null, ["kind"], "Work that was set aside; somebody has to look."),
        ("photoguard.workers.alive", null, ["decoding"], "Workers that gave a sign in the last 30 seconds, by how they decode."),
        ("photoguard.workers.silent", null, [], "Workers that gave none and were not stopped in order."),
        ("photoguard.backup.age", "s", ["what"], "Since the last whole backup (records), and the last copy of the keys; where there was none, since the first school was made."),
        ("photoguard.ledger.unsealed", null, [], "Audit entries without a place in their chain; counted to 100,000."),
        ("photoguard.ledger.unsealed.age", "s", [], "Since the oldest of them was written."),
        ("photoguard.ledger.untold", null, [], "Positions of the chains that the ledger was not told."),
        ("photoguard.ledger.written.age", "s", [], "Since the ledger's files in this machine's folder were written last."),
    ];

    private Meter? meter;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        meter = meters.Create(MeterName);
        meter.CreateObservableGauge("photoguard.up", () => reading.Look().Up ? 1 : 0, null, "1 where the records could be read, 0 where not; then the gauges below are absent.");
        foreach (var (name, unit, labels, means) in All) meter.CreateObservableGauge(name, () => Of(name, labels), unit, means);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        meter?.Dispose();
        return Task.CompletedTask;
    }

    private IEnumerable<Measurement<double>> Of(string name, string[] labels) => reading.Look().Figures.Where(figure => figure.Name == name)
        .Select(figure => new Measurement<double>(figure.Value, labels.Zip(figure.Labels, KeyValuePair.Create<string, object?>)));
}
