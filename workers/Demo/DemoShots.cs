using System.Text;

namespace PhotoGuard.Workers.Demo;

/// <summary>A picture of the demo and what is done with it.</summary>
/// <param name="Name">As the teacher's iPad calls it; the service is never told.</param>
/// <param name="Activity">Title of the activity.</param>
/// <param name="DaysAgo">When it was taken.</param>
/// <param name="Pupils">Who is in it; null where nobody says so.</param>
/// <param name="Screening"><c>accepted</c>, <c>rejected</c>, or null where nobody screens it.</param>
/// <param name="Alt">A text for people who cannot see it.</param>
/// <param name="Concern">Whether somebody reports it.</param>
/// <param name="File">Null for a picture that is painted.</param>
internal sealed record DemoShot(
    string Name, int Seed, string Activity, int DaysAgo, string[]? Pupils, string? Screening = "accepted", string? Alt = null, bool Concern = false,
    byte[]? File = null)
{
    /// <summary>The file as the iPad would send it: a place, a date, a thumbnail and the rest of what an iPad writes.</summary>
    /// <param name="now">In the school's zone.</param>
    public byte[] Bytes(DateTimeOffset now) => File ?? DemoPictures.Jpeg(new DemoPicture
    {
        Seed = Seed,
        Width = 2400,
        Height = 1800,
        // Between 10:00 and 14:00, each a little later than the one before.
        TakenAt = now.AddDays(-DaysAgo).Subtract(now.TimeOfDay).AddHours(10).AddMinutes(17 * Seed % 240),
        Place = (53.742310 + 0.0004 * Seed, -2.013027 - 0.0003 * Seed),
        Comment = null,
    });
}

/// <summary>An activity of the demo; null where leadership has not said anything yet.</summary>
internal sealed record DemoActivity(string Title, string Purpose, int HeldDaysAgo, string[] Channels, string? Decision);

internal static class DemoShots
{
    public const string Woodland = "Woodland day";
    public const string Reading = "Reading assembly";

    /// <summary>The demo is filled when this activity is there: it is made last.</summary>
    public const string Concert = "Summer concert";

    public static IReadOnlyList<DemoActivity> Activities { get; } =
    [
        new(Woodland, "Show families what the classes learn outdoors.", 20, ["newsletter", "website"], "approved"),
        new(Reading, "For the classes' own reading journals.", 12, [], "approved"),
    ];

    public static DemoActivity LastActivity { get; } = new(Concert, "Remember the concert.", 2, ["website"], null);

    public static IReadOnlyList<DemoShot> Taken { get; } =
    [
        new("IMG_0301.jpg", 1, Woodland, 20, ["p301", "p401"], Alt: "Two children look at a map beside a stream."),
        new("IMG_0302.jpg", 2, Woodland, 20, ["p302", "p502"], Alt: "Children in bright coats on a woodland path."),
        new("IMG_0303.jpg", 3, Woodland, 20, [], Alt: "Hills in the morning sun, seen from the path."),
        new("IMG_0304.jpg", 4, Woodland, 20, ["p301", "p303"]),
        new("IMG_0305.jpg", 5, Woodland, 20, ["p304", "p401"]),
        new("IMG_0306.jpg", 6, Woodland, 20, ["p301", "p501"]),
        new("IMG_0307.jpg", 7, Woodland, 19, ["p402"]),
        new("IMG_0308.jpg", 8, Woodland, 19, ["p403", "p302"]),
        new("IMG_0309.jpg", 9, Woodland, 19, ["p401", "p405"]),
        new("IMG_0310.jpg", 10, Woodland, 19, ["p302", "p504"], Screening: null),
        new("IMG_0311.jpg", 11, Woodland, 19, null),
        new("IMG_0312.jpg", 12, Woodland, 19, ["p302"], Screening: "rejected"),
        new("IMG_0313.jpg", 13, Woodland, 19, ["p401"], Concern: true),
        new("IMG_0314.jpg", 14, Reading, 12, ["p301", "p404"]),
        new("IMG_0315.jpg", 15, Reading, 12, ["p502", "p503"]),
    ];

    /// <summary>What is refused at once, and why: the same picture again, no picture at all, an activity that nobody has approved.</summary>
    public static IReadOnlyList<DemoShot> Refused { get; } =
    [
        new("IMG_0301 copy.jpg", 1, Woodland, 3, null),
        new("packing list.jpg", 0, Woodland, 0, null, File: Encoding.UTF8.GetBytes("Wellingtons, a warm coat, lunch\n")),
        new("IMG_0316.jpg", 16, Concert, 2, null),
    ];
}
