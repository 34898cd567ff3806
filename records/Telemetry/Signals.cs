using System.Diagnostics;
using System.Diagnostics.Metrics;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Telemetry;

/// <summary>
/// What happens in this process, counted and timed (docs/operations.md, Metrics). Words of ours and numbers alone: no id of a school, a
/// person or a photo, since a label that grows with them would also tell who is in the records.
/// </summary>
public static class Signals
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "PhotoGuard";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Uploads = Meter.CreateCounter<long>(
        "photoguard.uploads", "{upload}", "Pictures that were sent, by what became of them: taken, or the type of the problem that refused them.");

    private static readonly Counter<long> Opened = Meter.CreateCounter<long>(
        "photoguard.opened", "By", "Plaintext of pictures that was opened for somebody or for our own renderer, by size of the picture.");

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "photoguard.decoders.lost", "{decoder}", "Decoders that were lost with a picture, by how.");

    private static readonly Histogram<double> Done = Meter.CreateHistogram<double>(
        "photoguard.work.duration", "s", "Work that was tried, by kind and by how it ended.");

    public static void UploadTaken() => Uploads.Add(1, new KeyValuePair<string, object?>("outcome", "taken"));

    /// <param name="problem">A type of docs/problems.md.</param>
    public static void UploadRefused(string problem) => Uploads.Add(1, new KeyValuePair<string, object?>("outcome", problem));

    public static void BytesOpened(ObjectKind kind, long bytes) => Opened.Add(bytes, new KeyValuePair<string, object?>("rendition", Words.Of(kind)));

    public static void DecoderLost(LossReason reason) => Lost.Add(1, new KeyValuePair<string, object?>("reason", Words.Of(reason)));

    /// <param name="outcome"><c>ended</c>, <c>failed</c>, <c>lost</c> or <c>putOff</c>.</param>
    public static void WorkTried(string kind, string outcome, TimeSpan took) =>
        Done.Record(took.TotalSeconds, new("kind", kind), new("outcome", outcome));

    /// <summary>A span of an item or batch of work; null where nobody traces.</summary>
    public static Activity? StartWork(WorkItem first, int items) => Source.StartActivity($"work {first.Kind}", ActivityKind.Consumer)
        ?.SetTag("photoguard.work.kind", first.Kind).SetTag("photoguard.work.attempt", first.Attempts).SetTag("photoguard.work.items", items);

    /// <summary>A span of a step that is worth to be seen by itself, e.g. one of law 4.</summary>
    /// <param name="step">Words of ours.</param>
    public static Activity? StartStep(string step, int items = 1) => Source.StartActivity(step)?.SetTag("photoguard.items", items);

    /// <summary>A span once more, with nothing in it but what is named here.</summary>
    internal static Activity? Copy(Activity span) => Source.StartActivity(
        span.Kind, new ActivityContext(span.TraceId, span.ParentSpanId, ActivityTraceFlags.Recorded), span.TagObjects, null, span.StartTimeUtc, span.DisplayName);
}
