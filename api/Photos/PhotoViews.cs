using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Api.Photos;

/// <summary>The answer to an upload.</summary>
/// <param name="Removed">What scrubbing took out, in stable codes.</param>
public sealed record ReceivedView(
    Guid Id, PhotoKind Kind, int Width, int Height, DateTimeOffset TakenAt, TakenFrom TakenAtFrom, DateTimeOffset DeleteAfter,
    string[] Removed, string[] Flags)
{
    public static ReceivedView Of(Photo photo) => new(
        photo.Id, photo.Kind, photo.Width, photo.Height, photo.TakenAt, photo.TakenFrom, photo.DeleteAfter, photo.Removed, photo.Flags);
}

/// <summary>Whether a photo may be seen on a channel, and if not, every reason that the asker may know.</summary>
public sealed record ClearanceView(bool Cleared, IReadOnlyList<string> Reasons);

/// <summary>One size of a photo. <c>print</c> has only name and url until it is first asked for.</summary>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
public sealed record RenditionView(string Name, string? Format, int? Width, int? Height, long? Bytes, string? Sha256, string Url)
{
    /// <summary>Standing sizes that are there, and always <c>print</c>.</summary>
    public static IReadOnlyList<RenditionView> Of(IEnumerable<StoredObject> objects, Func<string, string> url)
    {
        var views = objects.Where(item => item.Kind != ObjectKind.Original).OrderBy(item => item.Kind).Select(item => new RenditionView(
            Word(item.Kind), item.Format, item.Width, item.Height, item.Bytes, Convert.ToHexStringLower(item.Sha256!), url(Word(item.Kind)))).ToList();
        var print = Word(ObjectKind.Print);
        if (views.All(view => view.Name != print)) views.Add(new(print, null, null, null, null, null, url(print)));
        return views;
    }

    private static string Word(ObjectKind kind) => Records.Store.Words.Of(kind);
}

/// <summary>A photo as somebody with need to know sees it.</summary>
/// <param name="Pupils">Who is in it, by the school's pseudonyms.</param>
/// <param name="RedactedFrom">The photo that it was made from; absent where it was uploaded. That may be destroyed by now.</param>
/// <param name="Redactions">What was made from it, as far as the asker may see that.</param>
/// <param name="Holds">What it is held for; for the safeguarding lead alone.</param>
public sealed record PhotoView(
    Guid Id, Guid ActivityId, Guid UploadedBy, PhotoKind Kind, int Width, int Height, DateTimeOffset TakenAt, TakenFrom TakenAtFrom,
    DateTimeOffset ReceivedAt, DateTimeOffset DeleteAfter, ScreeningState Screening, string[] Removed, string[] Flags, string? Alt,
    IReadOnlyList<string> Pupils, bool NobodyElse, IReadOnlyDictionary<Channel, ClearanceView> Clearance, IReadOnlyList<RenditionView> Renditions,
    Guid? RedactedFrom, IReadOnlyList<Guid> Redactions, IReadOnlyList<HoldView>? Holds = null)
{
    /// <param name="maySeeChildren">Office and safeguarding see what concerns a child; everybody else that something does.</param>
    public static PhotoView Of(
        PhotoStanding standing, IEnumerable<StoredObject> objects, IEnumerable<(Guid? From, Guid? Made)> ties, bool maySeeChildren)
    {
        var photo = standing.Photo;
        return new(
            photo.Id, photo.ActivityId, photo.UploadedBy, photo.Kind, photo.Width, photo.Height, photo.TakenAt, photo.TakenFrom,
            photo.ReceivedAt, photo.DeleteAfter, standing.Facts.Screening?.Decision ?? ScreeningState.Pending, photo.Removed, photo.Flags, photo.Alt?.Text,
            [.. standing.Pupils.Select(pupil => pupil.MisId).Order()], photo.NobodyElse,
            standing.Clearance.ToDictionary(on => on.Key, on => new ClearanceView(on.Value.Cleared, on.Value.ReasonsFor(maySeeChildren))),
            RenditionView.Of(objects, name => $"/api/v1/photos/{photo.Id}/renditions/{name}"),
            ties.Select(tie => tie.From).FirstOrDefault(from => from is not null), [.. ties.Select(tie => tie.Made).OfType<Guid>()]);
    }
}
