using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Publication;

/// <summary>
/// Giving pictures out on a channel, and the record of it (P15, P17). Check and record are one commit under the pupils' row
/// locks: no withdrawal slips between.
/// </summary>
public sealed class Deliveries(RecordsDb db, PhotoStandings standings, PhotoSight sight, KeyStore keys)
{
    /// <summary>Records where a person put a picture.</summary>
    /// <param name="place">Where, e.g. "Home page"; no names of pupils.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>not-cleared</c> 409 ·
    /// <c>invalid</c> 422.</exception>
    public async Task<PublicationRecord> PublishAsync(
        Act act, Guid photoId, Channel channel, string place, string? url, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var photo = await standings.FindAsync(act.SchoolId, photoId, cancel);
        if (photo is null) throw await AbsentAsync(act, photoId, channel, cancel);
        await MustKnowAsync(act, photo, channel, cancel);
        await MustPublishAsync(act, channel, cancel);
        place = Fields.Needed(place, "place", 300);
        url = Fields.Optional(url, "url", 2000);
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            throw Refusals.Invalid("'url' is an address such as https://school.example/news.");
        if (!await LockAsync(act, photo, channel, cancel))
            throw new Refusal("not-cleared", 409, "This picture is not cleared for that use now. Please do not publish it.");
        var publication = Record(act, photoId, channel, PublicationKind.Manual);
        publication.Write(place, url, TextKey.Of(await keys.CreateAsync(KeyOf.Publication, act.SchoolId, publication.Id, cancel)));
        db.Publications.Add(publication);
        act.Answers(201, publication.Id, photoId);
        await db.CommitAsync(act, cancel, Published(publication.Id, publication));
        return publication;
    }

    /// <summary>
    /// Makes sure, in the caller's transaction, that the photo is cleared on the channel and stays so until its commit.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404: never told on this channel · <c>gone</c> 410: told once and no longer
    /// cleared, or destroyed · <c>role-may-not</c> 403.</exception>
    public async Task LockClearedAsync(Act act, Guid photoId, Channel channel, CancellationToken cancel)
    {
        var photo = await standings.FindAsync(act.SchoolId, photoId, cancel) ?? throw await AbsentAsync(act, photoId, channel, cancel);
        await MustKnowAsync(act, photo, channel, cancel);
        await MustPublishAsync(act, channel, cancel);
        if (!await LockAsync(act, photo, channel, cancel)) throw await AbsentAsync(act, photoId, channel, cancel);
    }

    /// <summary>Whether the photo is cleared on the channel now, for somebody who publishes.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<bool> IsClearedAsync(Act act, Guid photoId, Channel channel, CancellationToken cancel)
    {
        await MustPublishAsync(act, channel, cancel);
        return await standings.FindAsync(act.SchoolId, photoId, cancel) is { } photo && photo.IsCleared(channel);
    }

    /// <summary>Records the first delivery of a size fit for use to each taker, in the caller's transaction.</summary>
    /// <returns>The audit event; null where nothing was to be recorded.</returns>
    public async Task<AuditEvent?> RecordAsync(Act act, Guid photoId, ObjectKind kind, Channel channel, CancellationToken cancel)
    {
        await ToldAsync(act.SchoolId, channel, [photoId], cancel);
        if (kind == ObjectKind.Thumb) return null;
        var how = act.By.Kind == ActorKind.Program ? PublicationKind.Pull : PublicationKind.Download;
        var record = Record(act, photoId, channel, how);
        // Whoever takes a picture anew after their copy was taken down has a copy again.
        var told = await db.Database.SqlQuery<Guid>($"""
            insert into publications (id, school_id, photo_id, channel, kind, taker_id, published_by)
            values ({record.Id}, {record.SchoolId}, {photoId}, {Words.Of(channel)}, {Words.Of(how)}, {record.TakerId}, {record.PublishedBy})
            on conflict (photo_id, channel, taker_id) where kind <> 'manual' do update set published_at = now()
              where exists (select 1 from removals where publication_id = publications.id and done_at >= publications.published_at)
            returning id as "Value"
            """).ToListAsync(cancel);
        return told is [var id] ? Published(id, record) : null;
    }

    /// <summary>Remembers, in the caller's transaction, that the channel has been told of these photos.</summary>
    internal Task ToldAsync(Guid school, Channel channel, Guid[] photos, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into feed_told (school_id, channel, photo_id)
        select {school}, {Words.Of(channel)}, photo from unnest({photos}) as photo order by photo on conflict do nothing
        """, cancel);

    /// <summary>Whether the actor may take pictures on a channel at all.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task MustPublishAsync(Act act, Channel channel, CancellationToken cancel)
    {
        if (act.By.Channel is { } bound && bound != channel) throw Refusals.RoleMayNot("This program's token is for another channel.");
        Rights.Publish.Must(act.By, await RelationAsync(act, cancel));
    }

    /// <summary>Locks pupils, then the photo, and looks again under the locks.</summary>
    private async Task<bool> LockAsync(Act act, PhotoStanding photo, Channel channel, CancellationToken cancel)
    {
        await db.LockPupilsToRelyAsync([.. photo.Pupils.Select(pupil => pupil.Id)], cancel);
        await db.LockPhotosToRelyAsync([photo.Photo.Id], cancel);
        var now = await standings.FindAsync(act.SchoolId, photo.Photo.Id, cancel);
        // Tagged anew meanwhile: a pupil whose row is not locked could withdraw unseen.
        return now is not null && now.IsCleared(channel) && now.Pupils.All(pupil => photo.Pupils.Any(locked => locked.Id == pupil.Id));
    }

    /// <summary>Whoever has no need to know is not told that it is there; of what is held, nobody is.</summary>
    private async Task MustKnowAsync(Act act, PhotoStanding photo, Channel channel, CancellationToken cancel)
    {
        if (photo.Facts.Held) throw await AbsentAsync(act, photo.Photo.Id, channel, cancel);
        if (!Rights.Publish.Allows(act.By, await RelationAsync(act, cancel))) await sight.FindAsync(act, photo.Photo.Id, cancel);
    }

    private async Task<Refusal> AbsentAsync(Act act, Guid photoId, Channel channel, CancellationToken cancel)
    {
        if (!Rights.Publish.Allows(act.By, await RelationAsync(act, cancel))) return Refusals.NotFound("picture");
        // What is held is hidden, whatever was told before.
        if (await db.IsHeldAsync(photoId, cancel)) return Refusals.NotFound("picture");
        var told = await db.FeedTold.AnyAsync(
            row => row.SchoolId == act.SchoolId && row.Channel == channel && row.PhotoId == photoId, cancel);
        return told ? Refusals.Gone() : Refusals.NotFound("picture");
    }

    /// <param name="publishing">The roles that the school lets publish.</param>
    public static Relation RelationTo(Actor by, IReadOnlyList<Role> publishing) =>
        by.IsAny([.. publishing]) ? Relation.School | Relation.Publishes : Relation.School;

    private async Task<Relation> RelationAsync(Act act, CancellationToken cancel) => RelationTo(act.By,
        await db.PolicySwitches.Where(row => row.SchoolId == act.SchoolId).Select(row => row.PublishingRoles).SingleAsync(cancel));

    private static AuditEvent Published(Guid id, PublicationRecord record) => new(
        "photo.published", record.PhotoId, "publication", id.ToString(),
        new { channel = Words.Of(record.Channel), kind = Words.Of(record.Kind) });

    private static PublicationRecord Record(Act act, Guid photoId, Channel channel, PublicationKind kind) => new()
    {
        Id = Guid.CreateVersion7(),
        SchoolId = act.SchoolId,
        PhotoId = photoId,
        Channel = channel,
        Kind = kind,
        TakerId = act.By.Kind == ActorKind.Program ? act.By.TokenId!.Value : act.By.Person,
        PublishedBy = act.By.Person,
    };
}
