using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Ledger;

/// <summary>How far the chain and the ledger are behind what a school did; both are a second behind at most while a worker lives.</summary>
/// <param name="Unsealed">Entries without a place in the chain.</param>
/// <param name="Since">When the first of them was written.</param>
/// <param name="Untold">Positions of the chain that no node has told the ledger.</param>
public sealed record LedgerLag(int Unsealed, DateTimeOffset? Since, long Untold);

public static class LedgerLagReading
{
    public static async Task<LedgerLag> ReadLedgerLagAsync(this RecordsDb db, Guid school, CancellationToken cancel) =>
        (await db.Database.SqlQuery<LedgerLag>($"""
            select (select count(*)::int from audit_unsealed where school_id = {school}) as "Unsealed",
              (select at from audit_entries where id = (select min(entry_id) from audit_unsealed where school_id = {school})) as "Since",
              greatest(0, coalesce((select max(position) from audit_seals where school_id = {school}), 0)
                - coalesce((select max(position) from ledger_marks where school_id = {school}), 0)) as "Untold"
            """).ToListAsync(cancel))[0];
}
