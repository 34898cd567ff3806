using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Retention;

namespace PhotoGuard.Api.Retention;

public sealed record PurgeBody(bool DryRun);

public sealed record PurgeView(
    Guid Id, PurgeState State, StopReason? StoppedBy, bool DryRun, int Due, int Destroyed, int Held, int Failed, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public static PurgeView Of(Purge it) =>
        new(it.Id, it.State, it.StoppedBy, it.DryRun, it.Due, it.Destroyed, it.Held, it.Failed, it.StartedAt, it.EndedAt);
}

/// <summary>The first of two people gets only that.</summary>
public sealed record AwaitingSecondView(string State = "awaitingSecond");

/// <summary>Purge runs (P10): started by a person, and let go on by two where the brake stopped one.</summary>
public static class PurgeEndpoints
{
    public static void MapPurges(this RouteGroupBuilder api)
    {
        var purges = api.MapGroup("/purges").WithTags("Retention");
        purges.MapPost("/", StartAsync).Produces<PurgeView>(StatusCodes.Status202Accepted);
        purges.MapGet("/", ListAsync);
        purges.MapGet("/{id:guid}", ShowAsync);
        purges.MapPost("/{id:guid}/approval", ApproveAsync).Produces<PurgeView>().Produces<AwaitingSecondView>(StatusCodes.Status202Accepted);
    }

    private static Task<IResult> StartAsync(Write<PurgeBody> write, Purges purges, CancellationToken cancel) => write.AnswerAsync(
        act => purges.StartAsync(act, write.Body.DryRun, cancel), async (act, id) => PurgeView.Of(await purges.ShowAsync(act, id, cancel)));

    private static async Task<Page<PurgeView>> ListAsync(Caller caller, PageAsked page, Purges purges, CancellationToken cancel) =>
        Page.Of(page, await purges.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Id, PurgeView.Of);

    private static async Task<PurgeView> ShowAsync(Guid id, Caller caller, Purges purges, CancellationToken cancel) =>
        PurgeView.Of(await purges.ShowAsync(caller.Act, id, cancel));

    private static Task<IResult> ApproveAsync(Guid id, Write write, Purges purges, CancellationToken cancel) => write.AnswerAsync(
        act => purges.ApproveAsync(act, id, cancel),
        async (act, purge) =>
        {
            var now = await purges.ShowAsync(act, purge, cancel);
            return now.State == PurgeState.Stopped ? (object)new AwaitingSecondView() : PurgeView.Of(now);
        });
}
