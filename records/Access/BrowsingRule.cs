using PhotoGuard.Records.Retention;

namespace PhotoGuard.Records.Access;

/// <summary>A look of one person at something.</summary>
/// <param name="At">When.</param>
/// <param name="Of">A picture that somebody else sent, a pupil's record, or null for openings that were refused.</param>
/// <param name="What">Which; looking again at the same is no further look.</param>
/// <param name="Times">How many, where they were only counted.</param>
public sealed record Look(DateTimeOffset At, LookOf Of, Guid What, int Times = 1);

public enum LookOf
{
    Picture,
    Pupil,
    Refused,
}

/// <summary>Looking that is out of the ordinary.</summary>
public sealed record Browsing(AlarmKind Kind, int Looks, DateTimeOffset BeganAt, DateTimeOffset EndedAt);

/// <summary>
/// What is out of the ordinary. The limits lie above the busiest normal use we know of, which a test replays: a page of an activity shows 60 pictures,
/// the office goes through 400 forms in a day, a screener through 200 pictures in an hour. Pictures that a person sent are not counted for them, nor what
/// a program takes on a channel, which is a record of its own.
/// </summary>
public static class BrowsingRule
{
    /// <summary>The longest window: how far back looks have to be known.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>From this many within the time it is unusual.</summary>
    private sealed record Limit(AlarmKind Kind, int Looks, TimeSpan Within, params LookOf[] Of);

    private static readonly Limit[] Limits =
    [
        new(AlarmKind.Numbers, 100, TimeSpan.FromMinutes(10), LookOf.Pupil),
        new(AlarmKind.Numbers, 200, Longest, LookOf.Pupil),
        new(AlarmKind.Numbers, 250, TimeSpan.FromMinutes(10), LookOf.Picture, LookOf.Pupil),
        new(AlarmKind.Numbers, 600, Longest, LookOf.Picture, LookOf.Pupil),
        new(AlarmKind.Hours, 20, Longest, LookOf.Picture, LookOf.Pupil),
        new(AlarmKind.Refused, 10, Longest, LookOf.Refused),
    ];

    /// <summary>The most unusual of each kind.</summary>
    /// <param name="looks">Of one person, in order of time.</param>
    /// <param name="zone">The school's, in which 22:00 to 06:00 and weekends are unusual hours.</param>
    public static IEnumerable<Browsing> Of(IReadOnlyList<Look> looks, TimeZoneInfo zone) => Limits
        .Select(limit => Most(limit, looks.Where(look => limit.Of.Contains(look.Of) && (limit.Kind != AlarmKind.Hours || IsUnusual(look.At, zone)))))
        .OfType<Browsing>().GroupBy(found => found.Kind).Select(kind => kind.MaxBy(found => found.Looks)!);

    private static bool IsUnusual(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone) is var there && (there.Hour is >= 22 or < 6 || there.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>The fullest window of the limit's length; null where none is full enough.</summary>
    private static Browsing? Most(Limit limit, IEnumerable<Look> looks)
    {
        var window = new Queue<Look>();
        var within = new Dictionary<Guid, (int Looks, int Times)>();
        Browsing? most = null;
        var count = 0;
        foreach (var look in looks)
        {
            window.Enqueue(look);
            count += Change(look, 1);
            while (look.At - window.Peek().At >= limit.Within) count += Change(window.Dequeue(), -1);
            if (count >= limit.Looks && count > (most?.Looks ?? 0)) most = new(limit.Kind, count, window.Peek().At, look.At);
        }
        return most;

        // The same thing counts once, however often it lies in the window.
        int Change(Look look, int by)
        {
            var (before, after) = (within.GetValueOrDefault(look.What), 0);
            after = before.Looks + by;
            within[look.What] = (after, look.Times);
            return before.Looks == 0 ? look.Times : after == 0 ? -look.Times : 0;
        }
    }
}
