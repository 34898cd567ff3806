using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Removal;

/// <summary>A removal as it stands at the database's now.</summary>
public sealed record RemovalState(RemovalOrder Order, PublicationRecord? Publication, DateTimeOffset Now)
{
    /// <summary>When it is to have ended.</summary>
    public DateTimeOffset Deadline => RemovalDeadlines.DeadlineOf(Order);

    /// <summary>Why, for somebody: who has only to take a copy down is not told that a child's answer is the cause (contract, Reasons).</summary>
    public RemovalCause CauseFor(Actor by) => Order.Cause is RemovalCause.InternalNo or RemovalCause.TagTimeout && !Rights.SeeRemovalCause.Allows(by)
        ? RemovalCause.ChannelNotCleared
        : Order.Cause;

    /// <summary>Whether it has not ended by then. An own copy that is held looks late here too: only safeguarding may know that it is held.</summary>
    public bool IsOverdue => Order.DoneAt is null && Deadline < Now;
}

/// <summary>What still has to disappear from where, and the certificates of what did.</summary>
public sealed class RemovalList(RecordsDb db, KeyStore keys)
{
    /// <param name="state"><c>open</c>, <c>done</c>, or null for both.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task<IReadOnlyList<RemovalState>> ReadAsync(Act act, string? state, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.SeeRemovals.Must(act.By);
        var orders = db.Removals.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && row.CancelledAt == null);
        orders = state switch
        {
            null => orders,
            "open" => orders.Where(row => row.DoneAt == null),
            "done" => orders.Where(row => row.DoneAt != null),
            _ => throw Refusals.Invalid("'state' is open or done."),
        };
        if (after is not null) orders = orders.Where(row => row.Id > after);
        return await WithPlacesAsync(act, await orders.OrderBy(row => row.Id).Take(limit).ToListAsync(cancel), cancel);
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<RemovalState> FindAsync(Act act, Guid removal, CancellationToken cancel)
    {
        var order = await db.Removals.AsNoTracking().SingleOrDefaultAsync(row => row.Id == removal && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.NotFound("removal");
        Rights.SeeRemovals.Must(act.By);
        return (await WithPlacesAsync(act, [order], cancel))[0];
    }

    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>no-certificate</c> 404 until every object of ours is proven gone.</exception>
    public async Task<Certificate> CertificateAsync(Act act, Guid photo, CancellationToken cancel)
    {
        var certificate = await db.Certificates.AsNoTracking().SingleOrDefaultAsync(row => row.PhotoId == photo && row.SchoolId == act.SchoolId, cancel);
        if (certificate is not null) Rights.SeeCertificate.Must(act.By);
        return certificate ?? throw new Refusal("no-certificate", 404, "There is no certificate of deletion for this picture (yet).");
    }

    private async Task<IReadOnlyList<RemovalState>> WithPlacesAsync(Act act, List<RemovalOrder> orders, CancellationToken cancel)
    {
        var now = await db.NowAsync(cancel);
        var ids = orders.Where(order => order.PublicationId is not null).Select(order => order.PublicationId!.Value).ToArray();
        var places = await db.Publications.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancel);
        // A disclosure that somebody wrote has a key of its own; one that was taken says nothing but that.
        var texts = await keys.TextsAsync(act.SchoolId, [.. places.Values.Where(place => place.Place is not null).Select(place => place.Id)], cancel);
        foreach (var place in places.Values) place.Open(texts[place.Id]);
        return [.. orders.Select(order => new RemovalState(order, order.PublicationId is { } id ? places[id] : null, now))];
    }
}
