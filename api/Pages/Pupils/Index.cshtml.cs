using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>The office finds a pupil.</summary>
public sealed class PupilsPage(PupilDesk desk) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string? Name { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Class { get; set; }

    public IReadOnlyList<Pupil> Found { get; private set; } = [];

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Rights.KeepPupils.Must(Act.By);
        Found = await desk.FindAsync(Act, Name, Class, cancel);
    }
}
