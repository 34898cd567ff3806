using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Screening;

/// <summary>Senior leadership approves activities and screens pictures, never their own (P2, P8).</summary>
public sealed class ScreeningPage(ScreeningDesk screening, ActivityDesk activities, PhotoList list, RenditionList renditions) : PlainPage
{
    private const int Most = 20;
    private ILookup<Guid, ObjectKind> ready = null!;

    /// <summary>Why a picture is rejected, as it is kept and as it is said.</summary>
    public static IReadOnlyList<(string Word, string Sentence)> Reasons { get; } =
    [
        ("unsuitable", "Not suitable"),
        ("one-to-one", "A single child without context"),
        ("quality", "Blurred or of no use"),
        (ScreeningDesk.Safeguarding, "A safeguarding matter"),
    ];

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public ScreeningState? Decision { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public bool Undoing { get; set; }

    /// <summary>The picture just rejected.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Undo { get; set; }

    public IReadOnlyList<ActivityState> Plans { get; private set; } = [];
    public IReadOnlyList<PhotoStanding> Photos { get; private set; } = [];

    /// <summary>How many wait that this person sent, so that somebody else has to screen them.</summary>
    public int OwnWaiting { get; private set; }

    public bool IsReady(PhotoStanding photo) => ready[photo.Photo.Id].Contains(ObjectKind.Web);

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Rights.ScreenPhoto.Must(Act.By);
        Plans = [.. (await activities.LatestAsync(Act, null, 200, cancel))
            .Where(plan => plan.Approval is null && plan.Activity.CreatedBy != Act.By.StaffId)];
        var waiting = await list.ReadAsync(Act, null, ScreeningState.Pending, null, 500, cancel);
        Photos = [.. waiting.Where(photo => photo.Photo.UploadedBy != Act.By.StaffId).Take(Most)];
        OwnWaiting = waiting.Count(photo => photo.Photo.UploadedBy == Act.By.StaffId);
        ready = await renditions.ReadyAsync([.. Photos.Select(photo => photo.Photo.Id)], cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var decision = Decision ?? throw Refusals.Invalid("Please choose: accept or reject.");
        if (decision == ScreeningState.Rejected && Reasons.All(one => one.Word != Reason)) throw Refusals.Invalid("Please say why it is rejected.");
        await screening.DecideAsync(Act, Id, decision, decision == ScreeningState.Rejected ? Reason : null, cancel);
        return decision == ScreeningState.Accepted ? $"/screening?said={(Undoing ? "undone" : "accepted")}"
            : Reason == ScreeningDesk.Safeguarding ? "/screening?said=locked"
            : $"/screening?said=rejected&undo={Id}";
    }, cancel);
}
