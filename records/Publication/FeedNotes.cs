using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Publication;

/// <summary>
/// Notes, in an operation's own transaction, that photos may have changed on channels. The sealer gives them positions;
/// what the change is, the feed computes when it is read. A channel that its activity does not have never shows a photo, and is told nothing.
/// </summary>
public static class FeedNotes
{
    /// <summary>Photos by id, on the channels given (all where none is).</summary>
    public static Task NotePhotosAsync(
        this RecordsDb db, IReadOnlyCollection<Guid> photos, CancellationToken cancel, params Channel[] channels) =>
        db.Database.ExecuteSqlAsync($"""
            insert into feed_changes (school_id, channel, photo_id)
            select photos.school_id, channel, photos.id
            from photos join activities on activities.id = activity_id, unnest(channels) as channel
            where photos.id = any({photos.ToArray()}) and channel = any({Named(channels)})
            """, cancel);

    /// <summary>
    /// Photos whose end was decided after they were hidden: on the channels that were told of them once. Elsewhere nothing changes
    /// that anybody could see.
    /// </summary>
    public static Task NoteEndsAsync(this RecordsDb db, IReadOnlyCollection<Guid> photos, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"""
            insert into feed_changes (school_id, channel, photo_id)
            select school_id, channel, photo_id from feed_told where photo_id = any({photos.ToArray()})
            """, cancel);

    /// <summary>Every photo the pupil is in.</summary>
    public static Task NotePupilAsync(this RecordsDb db, Guid pupil, CancellationToken cancel, params Channel[] channels) =>
        db.Database.ExecuteSqlAsync($"""
            insert into feed_changes (school_id, channel, photo_id)
            select photos.school_id, channel, photos.id
            from photo_pupils join photos on photos.id = photo_id join activities on activities.id = activity_id, unnest(channels) as channel
            where pupil_id = {pupil} and channel = any({Named(channels)})
            """, cancel);

    /// <summary>Every photo of the activity.</summary>
    public static Task NoteActivityAsync(this RecordsDb db, Guid activity, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"""
            insert into feed_changes (school_id, channel, photo_id)
            select photos.school_id, channel, photos.id
            from photos join activities on activities.id = activity_id, unnest(channels) as channel where activity_id = {activity}
            """, cancel);

    private static string[] Named(Channel[] channels) =>
        [.. (channels.Length == 0 ? Channels.All : channels).Select(channel => Words.Of(channel))];
}
