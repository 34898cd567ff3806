using System.Globalization;

namespace PhotoGuard.Records.Retention;

/// <summary>How long this machine has been up: time that no setting of a clock moves, and that counts while it sleeps.</summary>
/// <param name="Boot">Which start of which machine.</param>
/// <param name="Seconds">Since then.</param>
public sealed record Uptime(string Boot, double Seconds)
{
    public static Uptime Read() => new(
        File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));
}
