using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

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
        if (!Act.By.Is(Role.Office)) throw Refusals.RoleMayNot("Only the office keeps the list of pupils.");
        Found = await desk.FindAsync(Act, Name, Class, cancel);
    }
}
