using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Records.Store;

/// <summary>Law 6: each operation ends in one commit that holds the change, its audit entries and the work that follows.</summary>
public sealed partial class RecordsDb
{
    /// <summary>Opens the operation's transaction; disposing it without <see cref="CommitAsync"/> undoes everything.</summary>
    public Task<IDbContextTransaction> BeginAsync(CancellationToken cancel)
    {
        // What failed is undone whole, so that nothing would ever go back to a savepoint.
        Database.AutoSavepointsEnabled = false;
        return Database.BeginTransactionAsync(cancel);
    }

    /// <summary>Ends the operation: saves, writes the audit entries, finishes the idempotency ticket, commits.</summary>
    /// <exception cref="DbUpdateException">A constraint refused the change; nothing was kept.</exception>
    public async Task CommitAsync(Act act, CancellationToken cancel, params AuditEvent[] events)
    {
        var transaction = Database.CurrentTransaction ?? await BeginAsync(cancel);
        await using (transaction)
        {
            AuditEntries.AddRange(events.Select(happened => happened.By(act)));
            await SaveChangesAsync(cancel);
            if (act.Request is { } ticket) await FinishAsync(ticket, cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    private async Task FinishAsync(RequestTicket ticket, CancellationToken cancel)
    {
        if (ticket.Status == 0) throw new InvalidOperationException("The operation did not say what answers its request.");
        if (ticket.Key is null) return;
        var finished = await Database.ExecuteSqlAsync($"""
            update idempotency_answers
            set status = {ticket.Status}, resource_id = {ticket.ResourceId}, photo_id = {ticket.PhotoId}
            where token_id = {ticket.TokenId} and key = {ticket.Key} and status is null
            """, cancel);
        // Another request took the ticket over after this one's lease: it must not happen twice.
        if (finished != 1) throw new Refusal("request-in-flight", 409, "The same request is already being worked on. Please wait a moment.");
    }
}
