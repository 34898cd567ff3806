using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>The office records an answer. Before a no is recorded, the page says what it will do to pictures.</summary>
public sealed class AnswerPage(
    PupilDesk desk, GuardianDesk guardians, ConsentRecorder recorder, ConsentPreview preview, SchoolZone zone) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string MisId { get; set; } = "";

    [BindProperty]
    public Channel? Channel { get; set; }

    [BindProperty]
    public Answer? Answer { get; set; }

    /// <summary><c>pupil</c>, <c>guardian</c> (by name), or <c>id:</c> and the guardian's number.</summary>
    [BindProperty]
    public string? By { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public AnswerRoute? Route { get; set; }

    [BindProperty]
    public string? Notice { get; set; }

    [BindProperty]
    public DateOnly? AnsweredOn { get; set; }

    [BindProperty]
    public DateOnly? ExpiresOn { get; set; }

    [BindProperty]
    public bool Confirmed { get; set; }

    public Pupil Shown { get; private set; } = null!;
    public IReadOnlyList<Guardian> Guardians { get; private set; } = [];

    /// <summary>What the no would do; set while it waits to be confirmed.</summary>
    public ConsentEffect? Effect { get; private set; }

    /// <summary>What a no does, in words.</summary>
    public static string Sentence(ConsentEffect effect, Channel channel)
    {
        var destroyed = effect.Destroyed > 0
            ? $"{Speech.Count(effect.Destroyed, "picture", "pictures")} will be destroyed for good. " : "";
        var rescuable = effect.Rescuable > 0
            ? $"{Speech.Count(effect.Rescuable, "picture", "pictures")} will be hidden now and destroyed in {Speech.Count(effect.RescueDays, "day", "days")}, "
                + "unless a screener rescues them for the others in them. "
            : "";
        var leaving = effect.Leaving > 0
            ? $"{Speech.Count(effect.Leaving, "picture", "pictures")} will no longer be shown here: {Speech.Of(channel)}. " : "";
        var copies = effect.Copies > 0
            ? $"{Speech.Count(effect.Copies, "copy that is", "copies that are")} known outside will have to be taken down. " : "";
        var all = (destroyed + rescuable + leaving + copies).TrimEnd();
        return all.Length > 0 ? all : "No picture is destroyed or taken down by it.";
    }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Guardians = await guardians.ListAsync(Act, MisId, null, int.MaxValue, cancel);
        Shown = await desk.OpenAsync(Act, MisId, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => Answer is not (null or Records.Consent.Answer.Given) && !Confirmed
        ? AskAsync(cancel)
        : DoAsync(async () =>
        {
            await recorder.RecordAsync(Act, MisId, await ToldAsync(cancel), cancel);
            return $"/pupils/{Uri.EscapeDataString(MisId)}?said=answered";
        }, cancel);

    private async Task<IActionResult> AskAsync(CancellationToken cancel)
    {
        try
        {
            MustBeReadable();
            Effect = await preview.OfAsync(Act, MisId, await ToldAsync(cancel), cancel);
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    private async Task<NewAnswer> ToldAsync(CancellationToken cancel)
    {
        await LoadAsync(cancel);
        var (kind, name, guardianId) = By switch
        {
            "pupil" => (AnswererKind.Pupil, $"{Shown.GivenName} {Shown.FamilyName}", null),
            "guardian" => (AnswererKind.Guardian, Fields.Needed(Name, "name of the other guardian", 200), null),
            { } id when Guardians.FirstOrDefault(one => $"id:{one.GuardianId}" == id) is { } one => (AnswererKind.Guardian, one.Name.Text ?? "", one.GuardianId),
            _ => throw Refusals.Invalid("Please say who answered."),
        };
        return new(
            Channel ?? throw Refusals.Invalid("Please say for which use."),
            Answer ?? throw Refusals.Invalid("Please say what the answer was."),
            kind, name, guardianId,
            Route ?? throw Refusals.Invalid("Please say how it arrived."),
            Fields.Needed(Notice, "version of the form", 100),
            await AnsweredAtAsync(cancel),
            ExpiresOn);
    }

    /// <summary>Of a day before today only the date is known: a yes counts from its first instant, a no to its last, which protects most.</summary>
    private async Task<DateTimeOffset?> AnsweredAtAsync(CancellationToken cancel)
    {
        if (AnsweredOn is not { } day || day == await zone.TodayAsync(Act, cancel)) return null;
        var at = await zone.OfAsync(Act, cancel);
        return Answer == Records.Consent.Answer.Given ? SchoolDays.StartOf(day, at) : SchoolDays.StartOf(day.AddDays(1), at).AddMicroseconds(-1);
    }
}
