using System.Text.Json;
using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Api.Audit;

/// <param name="Id">Of a person; absent where the system acted.</param>
public sealed record AuditActorView(ActorKind Kind, Guid? Id, Guid? Token, Guid? Device);

public sealed record AuditSubjectView(string Kind, string Id);

/// <param name="Position">1, 2, 3 … without a gap in the school's chain.</param>
/// <param name="Digest">SHA-256 over the digest before and this entry, in hexadecimal.</param>
/// <param name="Entry">The entry's own number, which the digest covers.</param>
/// <param name="Forgotten">Its time was over: what follows is gone, and the digest ties the chain together all the same.</param>
public sealed record AuditEntryView(
    long Position, string Digest, long Entry, bool Forgotten, DateTimeOffset? At, string? Event, AuditActorView? Actor, Guid? Photo, AuditSubjectView? Subject,
    JsonElement? Details)
{
    public static AuditEntryView Of(SealedEntry row)
    {
        var (position, digest) = (row.Seal.Position, Convert.ToHexStringLower(row.Seal.Digest));
        if (row.Entry is not { } it) return new(position, digest, row.Seal.EntryId, true, null, null, null, null, null, null);
        return new(
            position, digest, it.Id, false, it.At, it.Event,
            new(it.ActorKind, it.ActorId, it.TokenId, it.DeviceId), it.PhotoId,
            it is { SubjectKind: { } kind, SubjectId: { } id } ? new(kind, id) : null, it.Details.RootElement);
    }
}

/// <summary>The school's audit, in the order of its chain; no personal data.</summary>
public static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder api) => api.MapGet("/audit", ListAsync).WithTags("Audit");

    private static async Task<Page<AuditEntryView>> ListAsync(Caller caller, PageAsked page, AuditReader reader, CancellationToken cancel) =>
        Page.Of(
            page, await reader.ReadAsync(caller.Act, page.AfterPosition(), page.Limit + 1, cancel), row => row.Seal.Position, AuditEntryView.Of);
}
