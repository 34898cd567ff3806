using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>What a sweep of the stores did.</summary>
/// <param name="Deleted">Objects that no photo owns, deleted. They are never taken back into use.</param>
/// <param name="Keys">Keys that nobody owns, destroyed.</param>
/// <param name="Missing">Finished objects that are registered and not there.</param>
/// <param name="Strange">What belongs to nobody and is left for somebody to look at: no object of ours by its name, or not to be deleted now.</param>
public sealed record ObjectSweepResult(int Deleted, int Keys, IReadOnlyList<string> Missing, int Strange);

/// <summary>
/// Holds records, keys and store against one another, both ways: what is half written or belongs to nothing goes, what is
/// missing is reported, what was never rendered is queued.
/// </summary>
public sealed class ObjectSweep(
    RecordsDb db, PhotoVault vault, IBlobStore blobs, KeyStore keys, TimeProvider time, ILogger<ObjectSweep> log)
{
    /// <summary>Writes whose time is over without their commit: object and row. One that cannot be deleted does not keep the others.</summary>
    /// <returns>Objects deleted.</returns>
    public async Task<int> SweepUnfinishedAsync(CancellationToken cancel)
    {
        var late = await db.Database.SqlQuery<string>($"""
            select name as "Value" from objects where stored_at is null and write_before < now() order by name limit 1000
            """).ToListAsync(cancel);
        var deleted = 0;
        foreach (var name in late)
        {
            try
            {
                if (await vault.TakeBackAsync(name, cancel)) deleted++;
            }
            catch (BlobStoreUnavailableException error)
            {
                log.LogError("An unfinished object cannot be deleted yet: {Error}", error.Message);
            }
        }
        return deleted;
    }

    /// <summary>
    /// Queues the renditions of every living photo, received since then, that lacks one and has no work already, be it set aside.
    /// </summary>
    public Task<int> QueueRendersAsync(DateTimeOffset receivedSince, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into work (school_id, kind, subject)
        select school_id, {WorkKinds.Render}, id from photos
        where received_at >= {receivedSince}
          and (select count(*) from objects where photo_id = photos.id and kind in ('thumb', 'web') and stored_at is not null) < 2
          and not exists (select 1 from removals where photo_id = photos.id and place = 'store' and cancelled_at is null)
          and not is_held(photos.family_id)
        on conflict (kind, subject) do nothing
        """, cancel);

    /// <summary>The whole store against the registry, and the keys against those whose they are.</summary>
    public async Task<ObjectSweepResult> SweepAllAsync(CancellationToken cancel)
    {
        var (deleted, strange) = (await SweepUnfinishedAsync(cancel) + await blobs.SweepTempAsync(time, cancel), 0);
        await foreach (var page in PagesAsync(cancel))
        {
            var known = (await db.Objects.Where(row => page.Contains(row.Name)).Select(row => row.Name).ToListAsync(cancel)).ToHashSet();
            foreach (var name in page.Where(name => !known.Contains(name)))
            {
                // Registered before written: an object without a row is garbage by definition.
                if (await IsDeletedAsync(name, cancel)) deleted++;
                else strange++;
            }
        }
        return new(deleted, await SweepKeysAsync(cancel), await MissingAsync(cancel), strange);
    }

    /// <summary>One that does not go, or that somebody put there by hand, does not keep the others.</summary>
    private async Task<bool> IsDeletedAsync(string name, CancellationToken cancel)
    {
        try
        {
            await blobs.DeleteAsync(name, cancel);
            return true;
        }
        catch (Exception error) when (error is InvalidBlobNameException or BlobStoreUnavailableException)
        {
            return false;
        }
    }

    private async Task<int> SweepKeysAsync(CancellationToken cancel)
    {
        var destroyed = 0;
        // By a clock that was moved, the key of a picture that is just being received would be old.
        if (await db.IsClockInDoubtAsync(cancel)) return 0;
        var before = await db.NowAsync(cancel) - TimeSpan.FromHours(1);
        foreach (var of in Enum.GetValues<KeyOf>())
        {
            for (KeyEntry? last = null; ;)
            {
                var page = await keys.ListAsync(of, before, last, 1000, cancel);
                if (page.Count == 0) break;
                var owned = (await db.OwnersOfKeys(of).Where(id => page.Select(entry => entry.Subject).Contains(id)).ToListAsync(cancel)).ToHashSet();
                foreach (var entry in page.Where(entry => !owned.Contains(entry.Subject)))
                    if (await keys.DestroyAsync(of, entry.Subject, cancel)) destroyed++;
                last = page[^1];
            }
        }
        return destroyed;
    }

    private async Task<List<string>> MissingAsync(CancellationToken cancel)
    {
        var missing = new List<string>();
        var after = "";
        while (true)
        {
            var page = await db.Objects.AsNoTracking()
                .Where(row => row.StoredAt != null && string.Compare(row.Name, after) > 0)
                .OrderBy(row => row.Name).Select(row => row.Name).Take(1000).ToListAsync(cancel);
            if (page.Count == 0) return missing;
            foreach (var name in page)
                if (!await blobs.ExistsAsync(name, cancel) && await db.Objects.AnyAsync(row => row.Name == name, cancel)) missing.Add(name);
            after = page[^1];
        }
    }

    private async IAsyncEnumerable<List<string>> PagesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var page = new List<string>(1000);
        await foreach (var entry in blobs.ListAsync(BlobName.Root, cancel))
        {
            page.Add(entry.Name);
            if (page.Count < 1000) continue;
            yield return page;
            page = new(1000);
        }
        if (page.Count > 0) yield return page;
    }
}
