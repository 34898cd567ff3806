using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Activities;

namespace PhotoGuard.Api.Pages.Activities;

/// <summary>The school's activities, what waits for approval first, then the newest.</summary>
public sealed class ActivitiesPage(ActivityDesk desk) : PlainPage
{
    private const int Most = 50;

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<ActivityState> Shown { get; private set; } = [];

    /// <summary>Where earlier ones begin; null where there are none.</summary>
    public Guid? Next { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var rows = await desk.LatestAsync(Act, Before, Most + 1, cancel);
        Next = rows.Count > Most ? rows[Most - 1].Activity.Id : null;
        Shown = [.. rows.Take(Most).OrderBy(row => row.Approval is not null)];
    }
}
