using Microsoft.EntityFrameworkCore;
using Npgsql;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Ingest.Photos;

/// <summary>
/// A burned picture becomes a photo of its own, in the order of every other: checked, key and object registered, encrypted, stored, one
/// commit that only the holder of the claim can make. Until that commit nothing of it is a photo, and after it everything is.
/// </summary>
public sealed class RedactionIntake(
    RecordsDb db, PhotoVault vault, KeyStore keys, PhotoStandings standings, RedactionWork work, Removals removals)
{
    /// <summary>Another redaction, or another picture, has the very same pixels.</summary>
    public const string Duplicate = "duplicate";

    /// <param name="burned">A JPEG as the decoder's child made it.</param>
    /// <returns>False where the claim was lost or there is nothing to be made any more; what was written is taken back.</returns>
    /// <exception cref="Refusal"><c>gone</c> 410: the source is held, hidden or gone · <c>duplicate</c> 409.</exception>
    /// <exception cref="PictureRefused">It is not clean.</exception>
    public async Task<bool> KeepAsync(WorkItem claim, Redaction asked, ReadOnlyMemory<byte> burned, CancellationToken cancel)
    {
        // What the child made is an outside file like any other until both have accounted for every byte of it.
        PictureCheck.Verify(burned.Span);
        using var picture = PictureScrubber.Scrub(burned);
        var digest = CodedDigest.Of(picture, await keys.SchoolDigestKeyAsync(asked.SchoolId, cancel));

        StoredObject? original = null;
        var kept = false;
        try
        {
            // The key of an earlier attempt will do: the id is the same at each, and nobody sweeps the key of what is still to be made.
            var key = await keys.OpenAsync(asked.SchoolId, asked.PhotoId, cancel) ?? await keys.CreatePhotoKeyAsync(asked.SchoolId, asked.PhotoId, cancel);
            original = (await vault.RegisterAsync(asked.SchoolId, asked.PhotoId, known: false, [(ObjectKind.Original, Words.Of(PhotoKind.Jpeg))], cancel))[0];
            (original.Width, original.Height) = (picture.ShownWidth, picture.ShownHeight);
            await vault.WriteAsync(original, burned, key, cancel);
            return kept = await FinishAsync(claim, asked, original, digest, cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { ConstraintName: "picture_digests_pkey" })
        {
            throw Twice();
        }
        finally
        {
            if (!kept && original is not null) await TakeBackAsync(original.Name);
        }
    }

    private async Task<bool> FinishAsync(WorkItem claim, Redaction asked, StoredObject original, byte[] digest, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var tags = await LockAsync(asked, cancel);
        // The fencing token: whoever claimed the work since has a newer one.
        if (await db.Database.ExecuteSqlAsync($"delete from work where id = {claim.Id} and fence = {claim.Fence}", cancel) == 0) return false;
        if (await work.LockAsync(asked.PhotoId, cancel) is not { } redaction) return false;
        var source = await standings.FindAsync(asked.SchoolId, asked.SourceId, cancel) ?? throw Refusals.Gone();
        if (source.Facts.Held || source.Order is not null || source.Photo.DeleteAfter <= source.Now) throw Refusals.Gone();

        var photo = Photo(redaction, source.Photo, original);
        original.StoredAt = source.Now;
        db.Photos.Add(photo);
        db.PhotoPupils.AddRange(tags.Select(tag => new PhotoPupil
        {
            PhotoId = photo.Id,
            PupilId = tag.PupilId,
            SchoolId = tag.SchoolId,
            TaggedBy = tag.TaggedBy,
            // Since then the pupil is known to be in these pixels: a no that came between is a no after the tag.
            TaggedAt = tag.TaggedAt,
        }));
        // Made again from what the school holds, a picture that was destroyed comes from nowhere else.
        await db.PictureDigests.Where(row => row.SchoolId == asked.SchoolId && row.Digest == digest && row.DestroyedAt != null).ExecuteDeleteAsync(cancel);
        if (await db.PictureDigests.AnyAsync(row => row.SchoolId == asked.SchoolId && row.Digest == digest, cancel)) throw Twice();
        db.PictureDigests.Add(new PictureDigest { SchoolId = asked.SchoolId, Digest = digest, PhotoId = photo.Id });
        db.Work.Add(new WorkItem { SchoolId = asked.SchoolId, Kind = WorkKinds.Render, Subject = photo.Id });
        var boxes = asked.Areas.Count;
        (redaction.MadeAt, redaction.Pupils) = (source.Now, null);
        // From now on where a child was dies with this picture, not with the source.
        redaction.Mark(asked.Areas, await keys.TextAsync(asked.SchoolId, photo.Id, cancel) ?? throw Refusals.Gone());
        var act = Act.OfSystem(asked.SchoolId);
        await removals.FollowAsync(act, [photo.Id], cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("photo.redacted", photo.Id, "photo", asked.SourceId.ToString(),
            new { boxes, fill = Words.Of(redaction.Fill), pupils = tags.Select(tag => tag.PupilId), redaction.NobodyElse }));
        return true;
    }

    /// <summary>Pupils first, then the source: whoever is in it, and whatever befalls it, stays so until the commit.</summary>
    /// <returns>The tags of the source that the redaction takes over.</returns>
    private async Task<List<PhotoPupil>> LockAsync(Redaction asked, CancellationToken cancel)
    {
        var all = db.PhotoPupils.AsNoTracking().Where(tag => tag.PhotoId == asked.SourceId);
        var pupils = asked.Pupils ?? await all.Select(tag => tag.PupilId).ToArrayAsync(cancel);
        await db.LockPupilsToRelyAsync(pupils, cancel);
        await db.LockPhotosToRelyAsync([asked.SourceId], cancel);
        var tags = await all.ToListAsync(cancel);
        if (asked.Pupils is null && tags.Any(tag => !pupils.Contains(tag.PupilId)))
            throw new InvalidOperationException("Somebody was named in the source meanwhile. It is tried again.");
        return [.. tags.Where(tag => pupils.Contains(tag.PupilId))];
    }

    /// <summary>Everything that the source's own time and people decide stays theirs; screening and who is in it begin anew.</summary>
    private static Photo Photo(Redaction redaction, Photo source, StoredObject original) => new()
    {
        Id = redaction.PhotoId,
        SchoolId = source.SchoolId,
        ActivityId = source.ActivityId,
        FamilyId = source.FamilyId,
        UploadedBy = source.UploadedBy,
        DeviceId = source.DeviceId,
        Kind = PhotoKind.Jpeg,
        Width = original.Width,
        Height = original.Height,
        Bytes = original.Bytes,
        TakenAt = source.TakenAt,
        TakenFrom = source.TakenFrom,
        DeleteAfter = source.DeleteAfter,
        CameraMake = source.CameraMake,
        CameraModel = source.CameraModel,
        // What scrubbing found in the source's file is not in this one; which camera took it, is (P5). Its text may name who was redacted.
        Flags = [.. source.Flags.Where(flag => flag.StartsWith("camera-", StringComparison.Ordinal))],
        NobodyElse = redaction.NobodyElse,
    };

    /// <summary>If this fails too, the sweep of unfinished objects does it.</summary>
    private async Task TakeBackAsync(string name)
    {
        try
        {
            db.ChangeTracker.Clear();
            await vault.TakeBackAsync(name, CancellationToken.None);
        }
        catch (Exception error) when (error is BlobStoreUnavailableException or NpgsqlException or InvalidOperationException)
        {
            // The first failure is the one to tell.
        }
    }

    private static Refusal Twice() => new(Duplicate, 409, "The school already has this picture, so it was not kept a second time.");
}
