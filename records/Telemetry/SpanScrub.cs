using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace PhotoGuard.Records.Telemetry;

/// <summary>
/// What leaves with a span is on a list, as what stays in a picture is: addresses hold one-time links and pseudonyms of pupils, messages of
/// failures may quote what was sent. SQL is kept: it is text of ours, values are never in it.
/// </summary>
internal sealed class SpanScrub : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Kept = new[]
    {
        "http.request.method", "http.route", "http.response.status_code", "error.type",
        "db.system.name", "db.query.text", "db.operation.name", "db.response.status_code", "db.npgsql.data_source", "db.npgsql.rows",
        "photoguard.work.kind", "photoguard.work.attempt", "photoguard.work.items", "photoguard.items", "photoguard.outcome",
    }.ToFrozenSet();

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.ToList())
            if (!Kept.Contains(name)) data.SetTag(name, null);
        data.TraceStateString = null;
        // The description is a message.
        if (data.Status == ActivityStatusCode.Error) data.SetStatus(ActivityStatusCode.Error);
        if (!data.Events.Any()) return;
        // Events, such as a failure with its message, cannot be taken out of a span: this one stays here, and another goes in its place.
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        using var copy = Signals.Copy(data);
        copy?.SetStatus(data.Status).SetEndTime(data.StartTimeUtc + data.Duration);
    }
}

/// <summary>Traces begin with a request or a piece of work; what asks the database every second by itself begins none.</summary>
internal sealed class OwnRoots : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
