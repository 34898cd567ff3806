using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Api.Activities;

public sealed record ActivityBody(
    string Title, string Purpose, DateOnly HeldOn, DateOnly? HeldUntil, Channel[] Channels, string Afterwards, DateOnly? KeepUntil)
{
    public NewActivity Asked() => new(Title, Purpose, HeldOn, HeldUntil, Channels, Afterwards, KeepUntil);
}

public sealed record ApprovalBody(Approval Decision, string? Note);

/// <param name="Approval">Leadership's latest word; absent until there is one.</param>
public sealed record ActivityView(
    Guid Id, string Title, string Purpose, DateOnly HeldOn, DateOnly? HeldUntil, Channel[] Channels, string Afterwards,
    DateOnly? KeepUntil, Approval? Approval, Guid CreatedBy, DateTimeOffset CreatedAt)
{
    public static ActivityView Of(ActivityState state)
    {
        var it = state.Activity;
        return new(it.Id, it.Title, it.Purpose, it.HeldOn, it.HeldUntil, it.Channels, it.Afterwards,
            it.KeepUntil, state.Approval, it.CreatedBy, it.CreatedAt);
    }
}

/// <summary>Activities and their approval (P2, P7).</summary>
public static class ActivityEndpoints
{
    public static void MapActivities(this RouteGroupBuilder api)
    {
        var activities = api.MapGroup("/activities").WithTags("Activities");
        activities.MapPost("/", CreateAsync).Produces<ActivityView>(StatusCodes.Status201Created);
        activities.MapGet("/", ListAsync);
        activities.MapGet("/{id:guid}", ShowAsync);
        activities.MapPost("/{id:guid}/approval", DecideAsync).Produces<ActivityView>();
    }

    private static Task<IResult> CreateAsync(Write<ActivityBody> write, ActivityDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.CreateAsync(act, write.Body.Asked(), cancel),
            async (act, id) => ActivityView.Of(await desk.ShowAsync(act, id, cancel)));

    private static async Task<Page<ActivityView>> ListAsync(Caller caller, PageAsked page, ActivityDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Activity.Id, ActivityView.Of);

    private static async Task<ActivityView> ShowAsync(Guid id, Caller caller, ActivityDesk desk, CancellationToken cancel) =>
        ActivityView.Of(await desk.ShowAsync(caller.Act, id, cancel));

    private static Task<IResult> DecideAsync(Guid id, Write<ApprovalBody> write, ActivityDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(
            act => desk.DecideAsync(act, id, write.Body.Decision, write.Body.Note, cancel),
            async (act, activity) => ActivityView.Of(await desk.ShowAsync(act, activity, cancel)));
}
