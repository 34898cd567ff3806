using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>One pupil: where pictures may be shown and why, who answered what, and the guardians.</summary>
public sealed class PupilPage(
    PupilDesk desk, StandingReader reader, ConsentRecorder recorder, GuardianDesk guardians, SchoolZone zone) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string MisId { get; set; } = "";

    public Pupil Shown { get; private set; } = null!;
    public StandingShown Standing { get; private set; } = null!;
    public IReadOnlyList<ConsentAnswer> Answers { get; private set; } = [];
    public IReadOnlyList<Guardian> Guardians { get; private set; } = [];
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Answers = [.. (await recorder.ListAsync(Act, MisId, null, int.MaxValue, cancel)).OrderByDescending(row => row.AnsweredAt)];
        Shown = await desk.OpenAsync(Act, MisId, cancel);
        Standing = await reader.ReadAsync(Act, MisId, null, cancel);
        Guardians = await guardians.ListAsync(Act, MisId, null, int.MaxValue, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }
}
