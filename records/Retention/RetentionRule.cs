using PhotoGuard.Records.Photos;

namespace PhotoGuard.Records.Retention;

/// <summary>How long a photo is kept (P10; policies.md, Holding). Dates in, instant out.</summary>
public static class RetentionRule
{
    private static readonly DateOnly FirstPossibleDate = new(2000, 1, 1);
    private static readonly TimeSpan CameraClockAhead = TimeSpan.FromHours(24);

    /// <summary>
    /// When the photo was taken. A date before 2000 or more than 24 hours ahead is impossible: the date received counts instead.
    /// </summary>
    /// <param name="pictureDate">What the picture says, if it says anything.</param>
    /// <param name="receivedAt">When the school received it.</param>
    /// <param name="zone">The school's zone.</param>
    public static (DateTimeOffset At, TakenFrom From) TakenAt(DateTimeOffset? pictureDate, DateTimeOffset receivedAt, TimeZoneInfo zone) =>
        pictureDate is { } date && date - receivedAt <= CameraClockAhead && SchoolDays.DateOf(date, zone) >= FirstPossibleDate
            ? (date.ToUniversalTime(), TakenFrom.Picture)
            : (receivedAt.ToUniversalTime(), TakenFrom.Received);

    /// <summary>00:00 in the school's zone on the day after min(date taken + years (29 February → 28), keepUntil); UTC.</summary>
    /// <param name="takenAt">When the photo was taken.</param>
    /// <param name="keepUntil">Last day the activity needs it, if stated.</param>
    /// <param name="years">1 or 2.</param>
    /// <param name="zone">The school's zone.</param>
    /// <exception cref="ArgumentOutOfRangeException">P10 allows no other number of years.</exception>
    public static DateTimeOffset DeleteAfter(DateTimeOffset takenAt, DateOnly? keepUntil, int years, TimeZoneInfo zone)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(years, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(years, 2);
        var lastDay = SchoolDays.DateOf(takenAt, zone).AddYears(years);
        if (keepUntil < lastDay)
            lastDay = keepUntil.Value;
        return SchoolDays.StartOf(lastDay.AddDays(1), zone);
    }

    /// <summary>Due, and not shown.</summary>
    /// <param name="deleteAfter">The photo's.</param>
    /// <param name="now">The database's.</param>
    public static bool IsDue(DateTimeOffset deleteAfter, DateTimeOffset now) => deleteAfter <= now;

    /// <summary>A picture older than its retention is refused.</summary>
    /// <inheritdoc cref="IsDue"/>
    public static bool TooOldAtUpload(DateTimeOffset deleteAfter, DateTimeOffset now) => IsDue(deleteAfter, now);
}
