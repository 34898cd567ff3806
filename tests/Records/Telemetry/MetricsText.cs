namespace PhotoGuard.Tests;

/// <summary>Names of metrics as Prometheus text has them.</summary>
internal static class MetricsText
{
    public static string NameOf(string name, string? unit) => name.Replace('.', '_') + (unit == "s" ? "_seconds" : "");
}
