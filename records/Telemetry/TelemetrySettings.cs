using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Telemetry;

/// <summary>Where a process tells how it does.</summary>
/// <param name="Metrics"><c>PHOTOGUARD_METRICS</c>: where Prometheus text is to be had, e.g. 127.0.0.1:9464, never the public port; null for nowhere.</param>
/// <param name="SendsTraces">Whether a collector of traces is named, by the standard variables of OpenTelemetry.</param>
/// <param name="SendsMetrics">The same of metrics.</param>
public sealed record TelemetrySettings(IPEndPoint? Metrics, bool SendsTraces, bool SendsMetrics)
{
    /// <summary>Whether anything is asked for at all.</summary>
    public bool Any => Metrics is not null || SendsTraces || SendsMetrics;

    /// <exception cref="SettingsException"><c>PHOTOGUARD_METRICS</c> is no address with a port.</exception>
    public static TelemetrySettings From(IConfiguration told)
    {
        var both = IsSet("OTEL_EXPORTER_OTLP_ENDPOINT");
        return new(
            Address(told["PHOTOGUARD_METRICS"]),
            both || IsSet("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
            both || IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));

        bool IsSet(string name) => !string.IsNullOrEmpty(told[name]);
    }

    private static IPEndPoint? Address(string? told)
    {
        if (told is null or "" or "off") return null;
        var port = told.LastIndexOf(':');
        // A port alone, or no port, would be read as an address.
        if (port > 0 && ushort.TryParse(told.AsSpan(port + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && IPAddress.TryParse(told.AsSpan(0, port), out var address)) return new(address, number);
        throw new SettingsException("PHOTOGUARD_METRICS is ADDRESS:PORT, e.g. 127.0.0.1:9464, or off.");
    }
}
