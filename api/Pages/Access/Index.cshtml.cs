using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Access;

/// <summary>For the safeguarding lead and the head: alarms about unusual looking, and who looked at a picture or a pupil.</summary>
public sealed class AccessPage(AlarmDesk desk, WhoLooked looked, SchoolZone zone) : PlainPage
{
    /// <summary>Most of each list that are shown.</summary>
    public const int Most = 200;

    [BindProperty(SupportsGet = true)]
    public string? Photo { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Pupil { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public IReadOnlyList<AlarmShown> Alarms { get; private set; } = [];

    /// <summary>Null where nobody asked.</summary>
    public IReadOnlyList<Opening>? Openings { get; private set; }

    /// <summary>Why they cannot be shown.</summary>
    public string? NotShown { get; private set; }

    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Alarms = await desk.ListAsync(Act, null, Most, cancel);
        Zone = await zone.OfAsync(Act, cancel);
        if (HttpMethods.IsPost(Request.Method)) return;
        try
        {
            if (!string.IsNullOrWhiteSpace(Photo))
            {
                // A picture's address is what people have at hand.
                if (!Guid.TryParse(Photo.Trim().TrimEnd('/').Split('/')[^1], out var id)) throw Refusals.NotFound("picture");
                Openings = await looked.OfPhotoAsync(Act, id, 0, Most, cancel);
            }
            else if (!string.IsNullOrWhiteSpace(Pupil))
            {
                Openings = await looked.OfPupilAsync(Act, Pupil.Trim(), 0, Most, cancel);
            }
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            NotShown = refusal.Message;
        }
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoAsync(() => desk.AcknowledgeAsync(Act, Id, Note ?? "", cancel), "/access?said=saved", cancel);
}
