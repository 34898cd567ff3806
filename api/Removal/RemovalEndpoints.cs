using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;

namespace PhotoGuard.Api.Removal;

public sealed record ProofBody(string Proof);

/// <summary>What has to disappear from where.</summary>
/// <param name="Deadline">When it is to have ended, by place and cause.</param>
/// <param name="Overdue">Whether it has not.</param>
/// <param name="AgeSeconds">Since it was opened; for what is done, until it was.</param>
public sealed record RemovalView(
    Guid Id, Guid PhotoId, RemovalPlace Place, Channel? Channel, RemovalCause Cause, string State, DateTimeOffset OpenedAt,
    DateTimeOffset NotBefore, DateTimeOffset Deadline, bool Overdue, long AgeSeconds, DateTimeOffset? TombstonedAt, DateTimeOffset? LookedAt, DateTimeOffset? DoneAt,
    string? Where, string? Url, string? LastError)
{
    public static RemovalView Of(RemovalState it, Act act) => new(
        it.Order.Id, it.Order.PhotoId, it.Order.Place, it.Order.Channel,
        it.CauseFor(act.By), it.Order.DoneAt is null ? "open" : "done",
        it.Order.OpenedAt, it.Order.NotBefore, it.Deadline, it.IsOverdue, (long)((it.Order.DoneAt ?? it.Now) - it.Order.OpenedAt).TotalSeconds,
        it.Order.TombstonedAt, it.Order.LookedAt, it.Order.DoneAt, it.Publication?.Where, it.Publication?.Url?.Text, it.Order.LastError);
}

public sealed record CertificateView(
    Guid PhotoId, RemovalCause Cause, DateTimeOffset OpenedAt, DateTimeOffset TombstonedAt, DateTimeOffset KeyDestroyedAt,
    int ObjectsDeleted, DateTimeOffset LookedAt, string Store, Erasure Erasure, DateTimeOffset IssuedAt)
{
    public static CertificateView Of(Certificate it) => new(
        it.PhotoId, it.Cause, it.OpenedAt, it.TombstonedAt, it.KeyDestroyedAt, it.ObjectsDeleted, it.LookedAt, it.Store, it.Erasure, it.IssuedAt);
}

/// <summary>What still has to disappear, and the proof of what did (P4).</summary>
public static class RemovalEndpoints
{
    public static void MapRemovals(this RouteGroupBuilder api)
    {
        var removals = api.MapGroup("/").WithTags("Removal");
        removals.MapGet("/removals", ListAsync);
        removals.MapPost("/removals/{id:guid}/done", DoneAsync).Produces<RemovalView>();
        removals.MapGet("/photos/{id:guid}/certificate", CertificateAsync);
    }

    private static async Task<Page<RemovalView>> ListAsync(string? state, Caller caller, PageAsked page, RemovalList list, CancellationToken cancel) =>
        Page.Of(page, await list.ReadAsync(caller.Act, state, page.AfterId(), page.Limit + 1, cancel), row => row.Order.Id, row => RemovalView.Of(row, caller.Act));

    private static Task<IResult> DoneAsync(
        Guid id, Write<ProofBody> write, Removals removals, RemovalList list, CancellationToken cancel) => write.AnswerAsync(
            act => removals.MarkDoneAsync(act, id, write.Body.Proof, cancel),
            async (act, removal) => RemovalView.Of(await list.FindAsync(act, removal, cancel), act));

    private static async Task<CertificateView> CertificateAsync(Guid id, Caller caller, RemovalList list, CancellationToken cancel) =>
        CertificateView.Of(await list.CertificateAsync(caller.Act, id, cancel));
}
