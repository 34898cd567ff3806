using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>One picture: who is in it, what it shows, where it may be used.</summary>
public sealed class PhotoPage(
    PhotoSight sight, RefusedLooks refused, PhotoList list, PhotoLinks links, PupilDesk pupils, RenditionList renditions, SchoolZone zone) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string[]? Pupils { get; set; }

    [BindProperty]
    public bool NobodyElse { get; set; }

    [BindProperty]
    public bool Next { get; set; }

    [BindProperty]
    public string? Alt { get; set; }

    public PhotoStanding Shown { get; private set; } = null!;
    public bool Ready { get; private set; }
    public TimeZoneInfo Zone { get; private set; } = null!;

    /// <summary>Who can be named, by class: those at the school, and whoever is named already.</summary>
    public IReadOnlyList<IGrouping<string, Pupil>> Classes { get; private set; } = [];

    // Who would be refused is not offered the form; the operations ask again.
    private Relation To => PhotoSight.RelationTo(Act.By, Shown.Photo);
    public bool MayName => Rights.NamePupils.Allows(Act.By, To) && Rights.SeePupils.Allows(Act.By);
    public bool MayDescribe => Rights.DescribePhoto.Allows(Act.By, To);
    public bool MayTakeBack => Rights.TakeBackPhoto.Allows(Act.By, To) && Shown.Facts.Screening?.Decision is null or ScreeningState.Pending;

    /// <summary>As tapped, where a form came back; else as it is kept.</summary>
    public bool IsNamed(Pupil pupil) => IsWhoForm ? Pupils?.Contains(pupil.MisId) == true : Shown.Pupils.Any(one => one.Id == pupil.Id);

    public bool NobodyElseShown => IsWhoForm ? NobodyElse : Shown.Photo.NobodyElse;

    /// <summary>Classes with somebody in it are open; where nobody is named yet, all of them if they are few.</summary>
    public bool IsOpen(IGrouping<string, Pupil> group) => group.Any(IsNamed) || (Classes.Count <= 3 && !Classes.SelectMany(one => one).Any(IsNamed));

    private bool IsWhoForm => HttpMethods.IsPost(Request.Method) && Request.Query["handler"] == "who";

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await refused.NotedAsync(Act, () => sight.FindAsync(Act, Id, cancel), cancel);
        Zone = await zone.OfAsync(Act, cancel);
        Ready = (await renditions.ReadyAsync([Id], cancel))[Id].Contains(ObjectKind.Web);
        if (!MayName) return;
        var all = await pupils.ListAsync(Act, null, null, int.MaxValue, cancel);
        Classes = [.. all.Where(one => one.LeftOn is null || one.LeftOn >= Shown.Today || Shown.Pupils.Any(named => named.Id == one.Id))
            .OrderBy(one => one.GivenName, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.FamilyName, StringComparer.OrdinalIgnoreCase)
            .GroupBy(one => one.ClassName).OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)];
    }

    public Task<IActionResult> OnPostWhoAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        await links.LinkAsync(Act, Id, Pupils ?? [], NobodyElse, cancel);
        if (!Next) return $"/photos/{Id}?said=saved";
        var activity = (await sight.FindAsync(Act, Id, cancel)).Photo.ActivityId;
        var next = (await list.ReadAsync(Act, activity, null, Id, 100, cancel))
            .FirstOrDefault(photo => !photo.Photo.NobodyElse && photo.Photo.UploadedBy == Act.By.StaffId);
        return next is null ? $"/activities/{activity}?said=saved" : $"/photos/{next.Photo.Id}?said=saved";
    }, cancel);

    public Task<IActionResult> OnPostAltAsync(CancellationToken cancel) =>
        DoAsync(() => links.DescribeAsync(Act, Id, Alt, cancel), $"/photos/{Id}?said=saved", cancel);

    public Task<IActionResult> OnPostBackAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var activity = (await sight.FindAsync(Act, Id, cancel)).Photo.ActivityId;
        await links.TakeBackAsync(Act, Id, cancel);
        return $"/activities/{activity}?said=taken-back";
    }, cancel);
}
