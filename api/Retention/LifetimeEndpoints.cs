using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Retention;

namespace PhotoGuard.Api.Retention;

/// <param name="Pupils">With all that was known of them.</param>
public sealed record LifetimeRunView(
    DateOnly Night, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Consents, int Guardians, int Pupils, int AccessLog, int Disclosures, int Audit)
{
    public static LifetimeRunView Of(LifetimeRun it) =>
        new(it.Night, it.StartedAt, it.EndedAt, it.Consents, it.Guardians, it.Pupils, it.AccessLog, it.Disclosures, it.Audit);
}

/// <param name="Years">Years; no <c>audit</c>: for ever.</param>
/// <param name="LastRun">Rows deleted by the last night's run; none before the first.</param>
public sealed record LifetimesView(LifetimeYears Years, LifetimeRunView? LastRun);

/// <summary>How long records live: consents, guardians, pupils who left, access log, disclosures, audit.</summary>
public static class LifetimeEndpoints
{
    public static void MapLifetimes(this RouteGroupBuilder api)
    {
        var lifetimes = api.MapGroup("/lifetimes").WithTags("Retention");
        lifetimes.MapGet("/", ShowAsync);
        lifetimes.MapPut("/", PutAsync).Produces<LifetimesView>();
    }

    private static Task<LifetimesView> ShowAsync(Caller caller, LifetimeDesk desk, CancellationToken cancel) => ViewAsync(caller.Act, desk, cancel);

    private static Task<IResult> PutAsync(Write<LifetimeYears> write, LifetimeDesk desk, CancellationToken cancel) =>
        write.AnswerAsync(act => desk.SetAsync(act, write.Body, cancel), (act, _) => ViewAsync(act, desk, cancel));

    private static async Task<LifetimesView> ViewAsync(Act act, LifetimeDesk desk, CancellationToken cancel) =>
        new(await desk.ShowAsync(act, cancel), await desk.LastAsync(act, cancel) is { } last ? LifetimeRunView.Of(last) : null);
}
