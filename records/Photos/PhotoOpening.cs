using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>An opened object: its plaintext, and what a reader needs to know of it. The caller disposes the content.</summary>
public sealed record OpenedObject(StoredObject Object, Stream Content);

/// <summary>Law 7: the bytes of a photo are opened by one function, which authorises and logs before the first byte.</summary>
public sealed class PhotoOpening(
    RecordsDb db, PhotoVault vault, PhotoSight sight, PhotoStandings standings, Deliveries deliveries, PrintOnDemand prints, RefusedLooks refused)
{
    /// <param name="on">The channel it is taken for; null where a person looks at it by need to know.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>rendition-not-ready</c> 404.</exception>
    public async Task<OpenedObject> OpenAsync(Act act, Guid photoId, ObjectKind kind, Channel? on, CancellationToken cancel)
    {
        if (act.By.Kind == ActorKind.System) await MustStillBeWantedAsync(act, photoId, cancel);
        else if (on is { } channel) return await OpenForChannelAsync(act, photoId, kind, channel, cancel);
        else await refused.NotedAsync(act, () => MustBeSeenAsync(act, photoId, cancel), cancel);

        if (kind == ObjectKind.Print && !await db.IsHeldAsync(photoId, cancel))
        {
            await prints.EnsureAsync(act.SchoolId, photoId, cancel);
            // That may have taken half a minute.
            if (act.By.Kind != ActorKind.System) await MustBeSeenAsync(act, photoId, cancel);
        }
        var item = await FinishedAsync(photoId, kind, cancel);
        await db.CommitAsync(act, cancel, Opened(photoId, kind, null));
        return new(item, await vault.OpenAsync(item, cancel));
    }

    /// <summary>
    /// The original of what is held, to be sealed for the police and seen by nobody. In the transaction of the export that two people
    /// agreed to, which ends here, before the first byte.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404: it is not held.</exception>
    internal async Task<OpenedObject> OpenForPoliceAsync(Act act, Guid photoId, AuditEvent taken, CancellationToken cancel)
    {
        if (!await db.IsHeldAsync(photoId, cancel)) throw Refusals.NotFound("picture");
        var item = await FinishedAsync(photoId, ObjectKind.Original, cancel);
        await db.CommitAsync(act, cancel, taken, Opened(photoId, ObjectKind.Original, null));
        return new(item, await vault.OpenAsync(item, cancel));
    }

    /// <summary>Whether somebody whom a photo was opened for may still have it, now. Nothing is recorded: it is the same opening.</summary>
    public async Task<bool> MayStillAsync(Act act, Guid photoId, Channel? on, CancellationToken cancel)
    {
        try
        {
            act = await db.AgainAsync(act, cancel);
            if (on is not { } channel) await MustBeSeenAsync(act, photoId, cancel);
            else return await deliveries.IsClearedAsync(act, photoId, channel, cancel);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    /// <summary>What was opened was cut off in the middle, because it might no longer be had.</summary>
    /// <param name="sent">Bytes that had gone out, at most.</param>
    public Task WasCutAsync(Act act, Guid photoId, ObjectKind kind, Channel? on, long sent) => db.CommitAsync(act, CancellationToken.None, new AuditEvent(
        "photo.delivery-cut", photoId, Details: new { rendition = Words.Of(kind), channel = on is { } channel ? Words.Of(channel) : null, sent }));

    private async Task<OpenedObject> OpenForChannelAsync(Act act, Guid photoId, ObjectKind kind, Channel channel, CancellationToken cancel)
    {
        if (kind == ObjectKind.Original) throw Refusals.NotFound("rendition");
        if (kind == ObjectKind.Print) await PrintForChannelAsync(act, photoId, channel, cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await deliveries.LockClearedAsync(act, photoId, channel, cancel);
        var item = await FinishedAsync(photoId, kind, cancel);
        var first = await deliveries.RecordAsync(act, photoId, kind, channel, cancel);
        await db.CommitAsync(act, cancel, first is null ? [Opened(photoId, kind, channel)] : [Opened(photoId, kind, channel), first]);
        return new(item, await vault.OpenAsync(item, cancel));
    }

    /// <summary>Nothing is made for somebody who may not have it; what they may have is asked again when it is there.</summary>
    private async Task PrintForChannelAsync(Act act, Guid photoId, Channel channel, CancellationToken cancel)
    {
        await using (await db.BeginAsync(cancel)) await deliveries.LockClearedAsync(act, photoId, channel, cancel);
        await prints.EnsureAsync(act.SchoolId, photoId, cancel);
    }

    private async Task<bool> MustBeSeenAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        var photo = await sight.FindAsync(act, photoId, cancel);
        if (!PhotoSight.PixelsShown(photo) || !await sight.LooksAsync(act, photo, cancel)) throw Refusals.NotFound("picture");
        return true;
    }

    /// <summary>Our own renderer: only while nothing stands against the photo's existence, and never what is held.</summary>
    private async Task MustStillBeWantedAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        var photo = await standings.FindAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        if (photo.Order is not null || photo.Facts.Held || photo.Photo.DeleteAfter <= photo.Now) throw Refusals.Gone();
    }

    private async Task<StoredObject> FinishedAsync(Guid photoId, ObjectKind kind, CancellationToken cancel) =>
        await db.Objects.AsNoTracking().SingleOrDefaultAsync(row => row.PhotoId == photoId && row.Kind == kind && row.StoredAt != null, cancel)
        ?? throw new Refusal("rendition-not-ready", 404, "This size of the picture is not ready yet. Please try again in a moment.");

    private static AuditEvent Opened(Guid photoId, ObjectKind kind, Channel? channel) => new(
        "photo.opened", photoId, Details: new { rendition = Words.Of(kind), channel = channel is { } on ? Words.Of(on) : null });
}
