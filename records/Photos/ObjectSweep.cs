using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>What a sweep of the stores found and did.</summary>
/// <param name="Objects">Objects that belong to nobody: deleted, and never taken back into use.</param>
/// <param name="Keys">Keys that belong to nobody: destroyed.</param>
/// <param name="Missing">Finished objects that are registered and not there.</param>
/// <param name="Strange">What belongs to nobody and is left for somebody to look at: no object of ours by its name, or not to be deleted now.</param>
/// <param name="Stopped">Objects and keys were too many to be nobody's, and were left alone (<see cref="SweepBrake"/>).</param>
public sealed record ObjectSweepResult(int Objects, int Keys, IReadOnlyList<string> Missing, int Strange, bool Stopped);

/// <summary>
/// Holds records, keys and store against one another, both ways: what is half written or belongs to nothing goes, what is
/// missing is reported, what was never rendered is queued.
/// </summary>
public sealed class ObjectSweep(
    RecordsDb db, PhotoVault vault, IBlobStore blobs, KeyStore keyStore, TimeProvider time, ILogger<ObjectSweep> log)
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

    /// <summary>The whole store against the registry, and the keys against those whose they are. All is looked at before anything goes.</summary>
    /// <param name="beyondBrake">Somebody has looked: what belongs to nobody goes, however much it is.</param>
    public async Task<ObjectSweepResult> SweepAllAsync(CancellationToken cancel, bool beyondBrake = false)
    {
        var swept = await SweepUnfinishedAsync(cancel) + await blobs.SweepTempAsync(time, cancel);
        var knew = await KnewPhotosAsync(cancel);
        var objects = await NobodysObjectsAsync(knew, cancel);
        // By a clock that was moved, the key of a picture that is just being received would be old.
        NobodysThings<(KeyOf Of, Guid Subject)>[] keys = await db.IsClockInDoubtAsync(cancel) ? [] : await NobodysKeysAsync(knew, cancel);
        var found = (Objects: objects.All.Count, Keys: keys.Sum(some => some.All.Count));
        // One that is too much stops all: whose records do not know the objects do not know the keys either.
        if (!beyondBrake && (objects.TooMany || keys.Any(some => some.TooMany)))
            return await NotedAsync(new(found.Objects, found.Keys, await MissingAsync(cancel), 0, Stopped: true), cancel);

        var (deleted, destroyed) = (0, 0);
        foreach (var name in objects.All)
            if (await IsDeletedAsync(name, cancel)) deleted++;
        foreach (var (of, subject) in keys.SelectMany(some => some.All))
            if (await keyStore.DestroyAsync(of, subject, cancel)) destroyed++;
        return await NotedAsync(new(swept + deleted, destroyed, await MissingAsync(cancel), found.Objects - deleted, Stopped: false), cancel);
    }

    private async Task<ObjectSweepResult> NotedAsync(ObjectSweepResult found, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"""
            insert into sweeps (at, objects, keys, missing, strange, stopped)
            values (now(), {found.Objects}, {found.Keys}, {found.Missing.Count}, {found.Strange}, {found.Stopped})
            on conflict (one) do update set at = excluded.at, objects = excluded.objects, keys = excluded.keys,
              missing = excluded.missing, strange = excluded.strange, stopped = excluded.stopped
            """, cancel);
        return found;
    }

    private async Task<bool> KnewPhotosAsync(CancellationToken cancel) =>
        await db.Photos.AnyAsync(cancel) || await db.AuditEntries.AnyAsync(entry => entry.Event == "photo.received", cancel);

    /// <summary>Registered before written: an object without a row is garbage by definition, and stays so.</summary>
    private async Task<NobodysThings<string>> NobodysObjectsAsync(bool knew, CancellationToken cancel)
    {
        var (nobodys, all) = (new List<string>(), 0);
        await foreach (var page in PagesAsync(cancel))
        {
            var known = (await db.Objects.Where(row => page.Contains(row.Name)).Select(row => row.Name).ToListAsync(cancel)).ToHashSet();
            nobodys.AddRange(page.Where(name => !known.Contains(name)));
            all += page.Count;
        }
        return new(nobodys, SweepBrake.Stops(nobodys.Count, all, knew));
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

    private async Task<NobodysThings<(KeyOf, Guid)>[]> NobodysKeysAsync(bool knewPhotos, CancellationToken cancel)
    {
        var before = await db.NowAsync(cancel) - TimeSpan.FromHours(1);
        var found = new List<NobodysThings<(KeyOf, Guid)>>();
        foreach (var of in Enum.GetValues<KeyOf>())
        {
            var (nobodys, all) = (new List<(KeyOf, Guid)>(), 0);
            for (KeyEntry? last = null; ;)
            {
                var page = await keyStore.ListAsync(of, before, last, 1000, cancel);
                if (page.Count == 0) break;
                var owned = (await db.OwnersOfKeys(of).Where(id => page.Select(entry => entry.Subject).Contains(id)).ToListAsync(cancel)).ToHashSet();
                nobodys.AddRange(page.Where(entry => !owned.Contains(entry.Subject)).Select(entry => (of, entry.Subject)));
                all += page.Count;
                last = page[^1];
            }
            found.Add(new(nobodys, SweepBrake.Stops(nobodys.Count, all, of != KeyOf.Photo || knewPhotos)));
        }
        return [.. found];
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
                if (!await blobs.ExistsAsync(name, cancel) && await db.IsWantedAsync(name, cancel)) missing.Add(name);
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

    private sealed record NobodysThings<T>(IReadOnlyList<T> All, bool TooMany);
}
