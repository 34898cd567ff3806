using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Audit;

/// <summary>
/// Gives audit entries and feed changes their place in a school's order, after their commit, so that operations never wait for
/// one another. One sealer a school at a time, under an advisory lock: what it sees is committed, and what commits later is
/// sealed later. What was sealed is told to the ledger at once.
/// </summary>
public sealed class Sealer(RecordsDb db, LedgerExport ledger)
{
    /// <summary>Seals what waits, in every school.</summary>
    /// <returns>Entries and changes sealed.</returns>
    public async Task<int> SealAsync(CancellationToken cancel)
    {
        var waiting = await db.Database.SqlQuery<Guid>($"""
            select school_id as "Value" from audit_unsealed union select school_id from feed_changes
            """).ToListAsync(cancel);
        var total = 0;
        foreach (var school in waiting) total += await SealSchoolAsync(school, cancel);
        await ledger.TellAsync(cancel);
        return total;
    }

    private async Task<int> SealSchoolAsync(Guid school, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var mine = (await db.Database.SqlQuery<bool>(
            $"select pg_try_advisory_xact_lock(hashtextextended({school.ToString()}, 7)) as \"Value\"").ToListAsync(cancel))[0];
        if (!mine) return 0;
        var total = await SealAuditAsync(school, cancel) + await MoveFeedAsync(school, cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
        return total;
    }

    private async Task<int> SealAuditAsync(Guid school, CancellationToken cancel)
    {
        // An array is found by the index, however empty the table was when its statistics were made.
        var ids = await db.Database.SqlQuery<long>($"""
            delete from audit_unsealed where entry_id = any(array(
              select entry_id from audit_unsealed where school_id = {school} order by entry_id limit 5000))
            returning entry_id as "Value"
            """).ToListAsync(cancel);
        if (ids.Count == 0) return 0;
        var entries = await db.AuditEntries.AsNoTracking().Where(entry => ids.Contains(entry.Id)).OrderBy(entry => entry.Id).ToListAsync(cancel);
        var (position, digest) = await HeadAsync(school, cancel);
        var (first, digests) = (position + 1, new byte[entries.Count][]);
        for (var i = 0; i < digests.Length; i++) digests[i] = digest = Chain(digest, ++position, entries[i]);
        await db.Database.ExecuteSqlRawAsync("""
            insert into audit_seals (school_id, position, entry_id, digest)
            select @school, @first + nth - 1, entry, digest from unnest(@entries, @digests) with ordinality as sealed (entry, digest, nth)
            """,
            [new NpgsqlParameter("school", school), new NpgsqlParameter("first", first),
                new NpgsqlParameter("entries", entries.Select(entry => entry.Id).ToArray()),
                new NpgsqlParameter("digests", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { Value = digests }], cancel);
        return entries.Count;
    }

    /// <summary>Where the chain goes on: behind its last seal, or behind what a restore bridged.</summary>
    private async Task<(long Position, byte[] Digest)> HeadAsync(Guid school, CancellationToken cancel)
    {
        var last = await db.AuditSeals.AsNoTracking().Where(seal => seal.SchoolId == school)
            .OrderByDescending(seal => seal.Position).FirstOrDefaultAsync(cancel);
        var bridge = await db.AuditBridges.AsNoTracking().Where(row => row.SchoolId == school)
            .OrderByDescending(row => row.Position).FirstOrDefaultAsync(cancel);
        return bridge is not null && bridge.Position > (last?.Position ?? 0) ? (bridge.Position, bridge.Digest)
            : last is null ? (0L, First(school)) : (last.Position, last.Digest);
    }

    private Task<int> MoveFeedAsync(Guid school, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        with taken as (
          delete from feed_changes where id = any(array(select id from feed_changes where school_id = {school} order by id limit 20000))
          returning id, channel, photo_id, at),
        latest as (select channel, photo_id, max(id) as id, max(at) as at from taken group by channel, photo_id),
        placed as (select channel, photo_id, at, row_number() over (order by id) as nth from latest),
        head as (
          update feed_heads set position = position + (select count(*) from placed)
          where school_id = {school} returning position - (select count(*) from placed) as before)
        insert into feed_items (school_id, channel, photo_id, position, changed_at)
        select {school}, channel, photo_id, head.before + nth, at from placed, head
        on conflict (school_id, channel, photo_id) do update set position = excluded.position, changed_at = excluded.changed_at
        """, cancel);

    /// <summary>Where a school's chain begins: SHA-256 of its id.</summary>
    public static byte[] First(Guid school) => SHA256.HashData(Encoding.ASCII.GetBytes($"photoguard audit chain of {school}"));

    /// <summary>The digest of the entry at <paramref name="position"/>: SHA-256 over the digest before and every field, each with its length.</summary>
    public static byte[] Chain(byte[] before, long position, AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Field(hash, position.ToString());
        Field(hash, entry.Id.ToString());
        Field(hash, entry.SchoolId.ToString());
        // PostgreSQL keeps microseconds.
        Field(hash, (entry.At.UtcTicks / TimeSpan.TicksPerMicrosecond).ToString());
        Field(hash, entry.Event);
        Field(hash, Words.Of(entry.ActorKind));
        Field(hash, entry.ActorId?.ToString());
        Field(hash, entry.TokenId?.ToString());
        Field(hash, entry.DeviceId?.ToString());
        Field(hash, entry.PhotoId?.ToString());
        Field(hash, entry.SubjectKind);
        Field(hash, entry.SubjectId);
        Field(hash, CanonicalJson.Of(entry.Details.RootElement));
        return hash.GetHashAndReset();
    }

    private static void Field(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        // Absent and empty are told apart.
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
