using Microsoft.EntityFrameworkCore;
using Npgsql;
using PhotoGuard.Ingest.Malware;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Ingest.Photos;

/// <summary>A photo was taken in.</summary>
public sealed record ReceivedPhoto(Photo Photo, IReadOnlyList<string> RemovedWords);

/// <summary>
/// From untrusted bytes to a clean, stored photo: sniff, scrub, check, key and object registered, encrypted, stored, one commit.
/// A refused picture leaves nothing; one whose commit failed leaves only what the sweep of unfinished objects takes.
/// </summary>
public sealed class PhotoIntake(RecordsDb db, PhotoVault vault, KeyStore keys, PhotoSight sight, MalwareScan malware)
{
    /// <param name="bytes">The file as received; its name and Content-Type are never asked.</param>
    /// <param name="again">A screener takes a picture that was destroyed before.</param>
    /// <param name="attested">The sender says that no copy stays on the camera, where another took it than the school's own (P5).</param>
    /// <exception cref="Refusal">
    /// <c>role-may-not</c> 403 · <c>device-needed</c> 403 · <c>unknown-activity</c> 404 · <c>activity-not-approved</c> 409 ·
    /// <c>sign-in-needed</c>, <c>upload-not-continued</c> 401, <c>device-revoked</c> 403: taken away while it arrived ·
    /// <c>camera-not-of-the-school</c> 422 · <c>malware-found</c> 422 · <c>malware-check-unavailable</c> 503 · <c>duplicate</c> 409 ·
    /// <c>destroyed-before</c> 409 · <c>picture-…</c> 413, 415, 422 · <c>store-full</c> 507 · <c>store-unavailable</c> 503.
    /// </exception>
    public async Task<ReceivedPhoto> ReceiveAsync(Act act, Guid activityId, ReadOnlyMemory<byte> bytes, bool again, bool attested, CancellationToken cancel)
    {
        try
        {
            var received = await TakeAsync(act, activityId, bytes, again, attested, cancel);
            Signals.UploadTaken();
            return received;
        }
        catch (Refusal refusal)
        {
            Signals.UploadRefused(refusal.Type);
            throw;
        }
    }

    private async Task<ReceivedPhoto> TakeAsync(Act act, Guid activityId, ReadOnlyMemory<byte> bytes, bool again, bool attested, CancellationToken cancel)
    {
        var desk = await OpenDeskAsync(act, activityId, cancel);
        try
        {
            // The database's: what was taken when decides when it is destroyed, and no node's clock does (I26).
            var receivedAt = desk.Now;
            await malware.PassAsync(bytes, cancel);
            using var picture = PictureScrubber.Scrub(bytes);
            PictureCheck.Verify(picture.Bytes.Span);
            var reading = PictureReading.Read(bytes, desk.Zone, receivedAt);
            var camera = CameraRule.Of(reading, act.By.DeviceId is not null, desk.DeviceModel);
            if (camera == CameraSeen.Other) CameraRule.MustTakeOther(Words.Parse<OtherCameras>(desk.OtherCameras)!.Value, reading.TakenAt, receivedAt, attested);
            return await KeepAsync(act, desk, picture, reading, camera, again, cancel);
        }
        catch (PictureRefused refused)
        {
            if (refused.Type == "picture-check-failed") await NoteRefusedAsync(act, activityId, refused.Type);
            throw new Refusal(refused.Type, refused.Status, refused.Sentence);
        }
        catch (Refusal refusal) when (refusal.Type == "malware-found")
        {
            await NoteRefusedAsync(act, activityId, refusal.Type);
            throw;
        }
        catch (BlobStoreFullException)
        {
            throw new Refusal("store-full", 507, "There is no room left for pictures. Nothing was kept; please tell your ICT lead and try later.");
        }
        catch (BlobStoreUnavailableException)
        {
            throw new Refusal("store-unavailable", 503, "Pictures cannot be stored right now. Nothing was kept; please try again in a few minutes.");
        }
    }

    /// <summary>Everything that must hold before a byte of the picture is looked at.</summary>
    private async Task<Desk> OpenDeskAsync(Act act, Guid activityId, CancellationToken cancel)
    {
        // All of it as of one instant, in one statement.
        var found = await db.Database.SqlQuery<Desk>($"""
            select activity.id as "Activity", activity.keep_until as "KeepUntil", school.zone as "ZoneName",
              switches.retention_years as "RetentionYears", switches.school_devices_only as "SchoolDevicesOnly",
              switches.other_cameras as "OtherCameras", (select model from devices where id = {act.By.DeviceId}) as "DeviceModel",
              (select decision from activity_decisions where activity_id = activity.id order by decided_at desc, id desc limit 1) as "Approval",
              steady_now() as "Now"
            from activities as activity
            join schools as school on school.id = activity.school_id
            join policy_switches as switches on switches.school_id = activity.school_id
            where activity.id = {activityId} and activity.school_id = {act.SchoolId}
            """).ToListAsync(cancel);
        if (found is not [var desk] || act.By.Sending is { } sending && sending.ActivityId != activityId) throw new Refusal("unknown-activity", 404, "There is no such activity. Choose the activity again.");
        Rights.SendPhoto.Must(act.By);
        if (desk.SchoolDevicesOnly && act.By.DeviceId is null)
            throw new Refusal("device-needed", 403, "Pictures are taken in from the school's own devices only. Use an enrolled iPad.");
        if (Words.Parse<Approval>(desk.Approval) != Approval.Approved)
            throw new Refusal("activity-not-approved", 409, "Senior leadership has not approved this activity. Pictures can be sent once it has.");
        return desk;
    }

    private async Task<ReceivedPhoto> KeepAsync(
        Act act, Desk desk, ScrubbedPicture picture, PictureReading reading, CameraSeen camera, bool again, CancellationToken cancel)
    {
        var deleteAfter = RetentionRule.DeleteAfter(reading.TakenAt, desk.KeepUntil, desk.RetentionYears, desk.Zone);
        if (deleteAfter <= desk.Now)
            throw new Refusal("picture-too-old", 422, "This picture is older than the school may keep pictures. It was not kept.");

        var digest = CodedDigest.Of(picture, await keys.SchoolDigestKeyAsync(act.SchoolId, cancel));
        await MustBeNewAsync(act, digest, again, cancel);

        var id = Guid.CreateVersion7();
        var kind = (PhotoKind)picture.Kind;
        // Neither protects anything yet, so they need not wait for one another; both are committed before the object is written.
        var keyMade = keys.CreatePhotoKeyAsync(act.SchoolId, id, cancel);
        StoredObject? original = null;
        try
        {
            original = (await vault.RegisterAsync(act.SchoolId, id, known: false, [(ObjectKind.Original, Words.Of(kind))], cancel))[0];
            (original.Width, original.Height) = (picture.ShownWidth, picture.ShownHeight);
            await vault.WriteAsync(original, picture.Bytes, await keyMade, cancel);

            var photo = new Photo
            {
                Id = id,
                SchoolId = act.SchoolId,
                ActivityId = desk.Activity,
                FamilyId = id,
                UploadedBy = act.By.Person,
                DeviceId = act.By.DeviceId,
                Kind = kind,
                Width = picture.ShownWidth,
                Height = picture.ShownHeight,
                Bytes = picture.Bytes.Length,
                TakenAt = reading.TakenAt.ToUniversalTime(),
                TakenFrom = (Records.Photos.TakenFrom)reading.TakenFrom,
                DeleteAfter = deleteAfter,
                CameraMake = reading.CameraMake,
                CameraModel = reading.CameraModel,
                Removed = [.. picture.Removed.Select(removed => removed.Code)],
                Flags = [.. picture.Flags, .. CameraRule.Flags(camera)],
            };
            await CommitAsync(act, photo, original, digest, again, camera, cancel);
            return new(photo, [.. picture.Removed.Select(removed => removed.Words)]);
        }
        catch
        {
            await LetGoAsync(id, keyMade, original);
            throw;
        }
    }

    private async Task MustBeNewAsync(Act act, byte[] digest, bool again, CancellationToken cancel)
    {
        var known = await db.PictureDigests.AsNoTracking().SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Digest == digest, cancel);
        if (known is null) return;
        if (known.DestroyedAt is not null)
        {
            if (again && Rights.SendAgain.Allows(act.By)) return;
            throw new Refusal("destroyed-before", 409,
                "This picture was deleted before and is not taken again by itself. A screener can allow it.");
        }
        throw await DuplicateAsync(act, known.PhotoId, cancel);
    }

    private async Task<Refusal> DuplicateAsync(Act act, Guid existing, CancellationToken cancel)
    {
        const string Sentence = "The school already has this picture, so it was not kept a second time.";
        // Whoever only goes on sending sees nothing.
        if (act.By.Sending is not null) return new("duplicate", 409, Sentence);
        try
        {
            await sight.FindAsync(act, existing, cancel);
            return new("duplicate", 409, Sentence) { Members = new Dictionary<string, object?> { ["existing"] = existing } };
        }
        catch (Refusal)
        {
            // The caller may not know of the other one: only that there is one.
            return new("duplicate", 409, Sentence);
        }
    }

    private async Task CommitAsync(Act act, Photo photo, StoredObject original, byte[] digest, bool again, CameraSeen camera, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        // It may have been on its way for minutes.
        Rights.SendPhoto.Must((await db.LockToActAsync(act, cancel)).By);
        if (again)
        {
            await db.PictureDigests.Where(row => row.SchoolId == act.SchoolId && row.Digest == digest && row.DestroyedAt != null)
                .ExecuteDeleteAsync(cancel);
        }
        original.StoredAt = await db.NowAsync(cancel);
        db.Photos.Add(photo);
        db.PictureDigests.Add(new PictureDigest { SchoolId = act.SchoolId, Digest = digest, PhotoId = photo.Id });
        // A new photo has no work yet, so that this needs no statement of its own.
        db.Work.Add(new WorkItem { SchoolId = act.SchoolId, Kind = WorkKinds.Render, Subject = photo.Id });
        act.Answers(201, photo.Id, photo.Id);
        try
        {
            await db.CommitAsync(act, cancel, new AuditEvent("photo.received", photo.Id, "activity", photo.ActivityId.ToString(),
                new { kind = Words.Of(photo.Kind), bytes = photo.Bytes, takenFrom = Words.Of(photo.TakenFrom), removed = photo.Removed, camera = Words.Of(camera), grant = act.By.Sending?.GrantId }));
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { ConstraintName: "picture_digests_pkey" })
        {
            // The same picture was sent twice at once: the other one won.
            db.ChangeTracker.Clear();
            throw new Refusal("duplicate", 409, "The school already has this picture, so it was not kept a second time.");
        }
        catch (DbUpdateConcurrencyException)
        {
            // Writing took longer than it may, and what was written has been taken back.
            throw new Refusal("store-unavailable", 503, "Pictures cannot be stored right now. Nothing was kept; please try again in a few minutes.");
        }
    }

    /// <summary>Nothing of a photo that came to nothing stays; if this fails too, the sweep of unfinished objects does it.</summary>
    private async Task LetGoAsync(Guid photo, Task keyMade, StoredObject? original)
    {
        // Nothing may still be on its way when it is taken back.
        await keyMade.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            db.ChangeTracker.Clear();
            // Where it is not known whether the commit came through, the lock waits for it.
            if (original is null || await vault.TakeBackAsync(original.Name, CancellationToken.None)) await keys.DestroyAsync(photo);
        }
        catch (Exception error) when (error is BlobStoreUnavailableException or NpgsqlException or InvalidOperationException)
        {
            // The first failure is the one to tell; what is left here is unfinished and swept within minutes.
        }
    }

    /// <summary>A refusal that somebody has to look into is an entry of its own, counted on the ICT lead's page; nothing of the file is in it.</summary>
    private Task NoteRefusedAsync(Act act, Guid activity, string reason) => db.CommitAsync(
        act with { Request = null }, CancellationToken.None, new AuditEvent("photo.refused", null, "activity", activity.ToString(), new { reason }));

    private sealed record Desk(
        Guid Activity, DateOnly? KeepUntil, string ZoneName, int RetentionYears, bool SchoolDevicesOnly, string OtherCameras, string? DeviceModel,
        string? Approval, DateTimeOffset Now)
    {
        public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(ZoneName);
    }
}
