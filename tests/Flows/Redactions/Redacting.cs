using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Flows.Redactions;

/// <summary>Redacting as a test's school does it.</summary>
internal static class Redacting
{
    private static int boxes;

    /// <summary>A box that no other redaction of the test run has, so that no two are the same picture.</summary>
    public static object Box()
    {
        var nth = Interlocked.Increment(ref boxes);
        return new { left = 0.05 + nth % 20 * 0.03, top = 0.05 + nth / 20 % 20 * 0.03, width = 0.2, height = 0.25 };
    }

    /// <summary>Asks as a screener and waits until it is made; its photo.</summary>
    /// <param name="pupils">Who is still recognisable.</param>
    public static async Task<Guid> RedactAsync(this TestSchool school, Guid photo, params TestPupil[] pupils) =>
        (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/redactions", new
        {
            boxes = new[] { Box() },
            fill = "solid",
            pupils = pupils.Select(pupil => pupil.MisId),
            nobodyElse = true,
        })).Must(201).Id;

    /// <summary>What stands against it inside the school, as the office is told.</summary>
    public static async Task<string> InternalAsync(this TestSchool school, Guid photo) => string.Join(' ',
        (await (await school.OfficeAsync()).GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("clearance").GetProperty("internal").GetProperty("reasons")
            .EnumerateArray().Select(reason => reason.GetString()));

    /// <summary>Waits until our copy is gone; why it went.</summary>
    public static async Task<string> DestroyedAsync(this TestSchool school, Guid photo)
    {
        var head = await school.HeadAsync();
        await Eventually.IsAsync("a certificate", async () => (await head.GetAsync($"photos/{photo}/certificate")).Status == 200);
        (await head.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        return (await head.GetAsync($"photos/{photo}/certificate")).Json.GetProperty("cause").GetString()!;
    }
}
