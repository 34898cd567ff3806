namespace PhotoGuard.Records.Removal;

/// <summary>
/// How long a removal may take, by place and cause, from the instant at which nothing keeps it any more (policies.md P4; field/reliability.md:
/// what people ask for within 15 minutes, the night's retention by 06:00). A copy outside waits for a person: a day where a child's
/// answer or a decision about the picture asks for it, a week where only a date does.
/// </summary>
public static class RemovalDeadlines
{
    private static readonly TimeSpan Asked = TimeSpan.FromMinutes(15), Night = TimeSpan.FromHours(4), Day = TimeSpan.FromDays(1), Week = TimeSpan.FromDays(7);

    /// <summary>Every place and cause with its time; what has not ended by then is overdue.</summary>
    public static IReadOnlyList<(RemovalPlace Place, RemovalCause Cause, TimeSpan Time)> All { get; } =
    [
        .. from place in Enum.GetValues<RemovalPlace>() from cause in Enum.GetValues<RemovalCause>() select (place, cause, TimeOf(place, cause)),
    ];

    public static TimeSpan TimeOf(RemovalPlace place, RemovalCause cause) => (place, cause) switch
    {
        (RemovalPlace.Store, RemovalCause.Retention) => Night,
        (RemovalPlace.Store, _) => Asked,
        (_, RemovalCause.Retention or RemovalCause.UntaggedTimeout) => Week,
        _ => Day,
    };

    /// <summary>When it is to have ended.</summary>
    public static DateTimeOffset DeadlineOf(RemovalOrder order) => order.NotBefore + TimeOf(order.Place, order.Cause);
}
