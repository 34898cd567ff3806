using PhotoGuard.Api.Requests;
using PhotoGuard.Api.Retention;
using PhotoGuard.Records.Recovery;

namespace PhotoGuard.Api.Recovery;

public sealed record RestoreView(Guid Id, RestoreWhy Why, RestoreState State, DateTimeOffset? BackupAt, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public static RestoreView Of(Restore it) => new(it.Id, it.Why, it.State, it.BackupAt, it.StartedAt, it.EndedAt);
}

public sealed record RestoresView(IReadOnlyList<RestoreView> Items, string? Next);

/// <summary>Restored records that wait for two people.</summary>
public static class RestoreEndpoints
{
    public static void MapRestores(this RouteGroupBuilder api)
    {
        var restores = api.MapGroup("/restores").WithTags("Recovery");
        restores.MapGet("/", ListAsync);
        restores.MapPost("/{id:guid}/approval", ApproveAsync).Produces<RestoreView>().Produces<AwaitingSecondView>(StatusCodes.Status202Accepted);
    }

    private static async Task<RestoresView> ListAsync(Caller caller, RestoreDesk desk, CancellationToken cancel) =>
        new([.. (await desk.ListAsync(caller.Act, cancel)).Select(RestoreView.Of)], null);

    private static Task<IResult> ApproveAsync(Guid id, Write write, RestoreDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.ApproveAsync(act, id, cancel),
        async (act, restore) =>
        {
            var now = await desk.ShowAsync(act, restore, cancel);
            return now.SecondApprovalBy is null ? (object)new AwaitingSecondView() : RestoreView.Of(now);
        });
}
