using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Records.Publication;

/// <summary>Something about the photo may have changed on the channel; the sealer will give it a position.</summary>
public sealed class FeedChange
{
    public long Id { get; init; }
    public Guid SchoolId { get; init; }
    public Channel Channel { get; init; }
    public Guid PhotoId { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>A photo at its latest change on a channel.</summary>
public sealed class FeedItem
{
    public Guid SchoolId { get; init; }
    public Channel Channel { get; init; }
    public Guid PhotoId { get; init; }
    public long Position { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>The head of a school's feed order.</summary>
public sealed class FeedHead
{
    public Guid SchoolId { get; init; }

    /// <summary>Cursors of another epoch are too old.</summary>
    public Guid Epoch { get; set; }

    public long Position { get; set; }

    /// <summary>Items up to here were forgotten; cursors before it are too old.</summary>
    public long ForgottenUntil { get; set; }
}

/// <summary>The channel has been told of the photo once.</summary>
public sealed class FeedTold
{
    public Guid SchoolId { get; init; }
    public Channel Channel { get; init; }
    public Guid PhotoId { get; init; }
    public DateTimeOffset ToldAt { get; init; }
}
