using System.Globalization;
using System.Text.Json;

namespace PhotoGuard.Tests;

/// <summary>
/// Tests that go on for as long as they are told: short in script/test, long under script/bench, which names how long by
/// <c>PHOTOGUARD_LONG_RUN</c> and reads what was counted from the file <c>PHOTOGUARD_LONG_RUN_RESULT</c>.
/// </summary>
public static class LongRun
{
    /// <summary>How many; the test's own number where nobody asked for another.</summary>
    public static int Times(int quick) =>
        int.TryParse(Environment.GetEnvironmentVariable("PHOTOGUARD_LONG_RUN"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? times : quick;

    /// <summary>Tells the measurement one observation, a line of JSON.</summary>
    public static void Tell(object row)
    {
        if (Environment.GetEnvironmentVariable("PHOTOGUARD_LONG_RUN_RESULT") is { Length: > 0 } path)
            lock (typeof(LongRun)) File.AppendAllText(path, JsonSerializer.Serialize(row, JsonSerializerOptions.Web) + "\n");
    }
}
