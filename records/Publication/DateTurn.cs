namespace PhotoGuard.Records.Publication;

/// <summary>Until when a school's dates (expiry, leaving, birthdays, deleteAfter) have been told to the feed.</summary>
public sealed class DateTurn
{
    public Guid SchoolId { get; init; }
    public DateTimeOffset ToldUntil { get; set; }
}
