using PhotoGuard.Records.NeedToKnow;

namespace PhotoGuard.Api.NeedToKnow;

/// <summary>A route and the right that it asks.</summary>
/// <param name="Route">Method and pattern as they are mapped, of a page's named form with <c>?handler=</c> and its name.</param>
/// <param name="Does">What it does, where the right's own words do not say it.</param>
public sealed record RouteRow(string Route, Right Right, string? Does = null)
{
    /// <summary>The role is asked before the record: whoever lacks it gets 403 for what is there and for what is not.</summary>
    public bool RoleFirst { get; init; }

    /// <summary>Whoever has the right does it to any picture of the school; whoever lacks it is still not told of those they do not know of.</summary>
    public bool AnyPhoto { get; init; }

    /// <summary>It makes the record that it names, where there is none.</summary>
    public bool Makes { get; init; }

    /// <summary>The record is named in the form, or in the query.</summary>
    public bool InForm { get; init; }

    /// <summary>Asked by the route itself: the grant of an upload, which a device goes on with, counts as well; for a call nothing else does.</summary>
    public bool ByGrant { get; init; }

    public string Method => Route[..Route.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>The pattern, without the name of a form.</summary>
    public string Path => Route[(Method.Length + 1)..].Split('?')[0];

    public bool IsPage => !Path.StartsWith("/api/", StringComparison.Ordinal) && Right != Rights.Anybody;

    /// <summary>Names a picture by its id.</summary>
    public bool OfPhoto => Path.Contains("/photos/{id", StringComparison.Ordinal) || Path == "/channels/{channel}/{id:guid}" || (InForm && Right == Rights.ScreenPhoto);

    /// <summary>Names a record by its id or number, so that one of another school's can be asked for.</summary>
    public bool OfRecord => Right != Rights.Anybody && !Makes && (InForm || Path.Replace("{channel}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal));
}
