using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;

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

    /// <summary>Where a person put it, under the disclosure's own key; none where somebody took the bytes.</summary>
    public SealedText? Place { get; private set; }

    /// <inheritdoc cref="Place"/>
    public SealedText? Url { get; private set; }

    /// <summary>Where the copy is, in a person's words or in ours.</summary>
    public string? Where => Kind switch
    {
        PublicationKind.Download => "download",
        PublicationKind.Pull => "program",
        _ => Place?.Text,
    };

    /// <summary>The token or person that took it.</summary>
    public Guid TakerId { get; init; }

    public Guid PublishedBy { get; init; }
    public DateTimeOffset PublishedAt { get; init; }

    internal void Open(TextKey? key)
    {
        Place?.Open(key, "publications.place", Id);
        Url?.Open(key, "publications.url", Id);
    }

    internal void Write(string place, string? url, TextKey key)
    {
        Place = key.Seal(place, "publications.place", Id);
        Url = url is null ? null : key.Seal(url, "publications.url", Id);
    }
}
