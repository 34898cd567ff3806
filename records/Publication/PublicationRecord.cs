using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Records.Publication;

public enum PublicationKind
{
    /// <summary>A person recorded where they put it.</summary>
    Manual,

    /// <summary>A signed-in person took the bytes.</summary>
    Download,

    /// <summary>A program took the bytes.</summary>
    Pull,
}

/// <summary>A disclosure (P17): a copy of the photo is known to be there.</summary>
public sealed class PublicationRecord
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }
    public Channel Channel { get; init; }
    public PublicationKind Kind { get; init; }
    public required string Place { get; init; }
    public string? Url { get; init; }

    /// <summary>The token or person that took it.</summary>
    public Guid TakerId { get; init; }

    public Guid PublishedBy { get; init; }
    public DateTimeOffset PublishedAt { get; init; }
}
