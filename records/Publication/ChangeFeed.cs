using System.Buffers.Text;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Publication;

/// <summary>One photo at its latest change on a channel, its state as computed now.</summary>
/// <param name="Renditions">What there is to fetch; empty once withdrawn. <c>print</c> is listed before it is made.</param>
public sealed record FeedEntry(
    Guid PhotoId, bool Cleared, long Version, DateTimeOffset ChangedAt, string? Alt, IReadOnlyList<StoredObject> Renditions);

/// <summary>A page of the feed.</summary>
/// <param name="Next">Always set; asking with it later gives what changed since.</param>
public sealed record FeedPage(IReadOnlyList<FeedEntry> Items, string Next);

/// <summary>
/// What a website follows to keep its copy exact (contract, The feed). Ordered by commit; the state is computed when it is read,
/// so that reading from the start is right at once.
/// </summary>
public sealed class ChangeFeed(RecordsDb db, PhotoStandings standings, Deliveries deliveries)
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403 · <c>cursor-expired</c> 410 · <c>invalid-cursor</c> 422.</exception>
    public async Task<FeedPage> ReadAsync(Act act, Channel channel, string? after, int limit, CancellationToken cancel)
    {
        await deliveries.MustPublishAsync(act, channel, cancel);
        var head = await db.FeedHeads.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId, cancel);
        var position = string.IsNullOrEmpty(after) ? 0 : Position(after, head);
        var entries = new List<FeedEntry>();
        while (entries.Count < limit)
        {
            var page = await db.FeedItems.AsNoTracking()
                .Where(row => row.SchoolId == act.SchoolId && row.Channel == channel && row.Position > position)
                .OrderBy(row => row.Position).Take(limit - entries.Count).ToListAsync(cancel);
            if (page.Count == 0) break;
            var told = await TellAsync(act, channel, page, cancel);
            // What changed while this was read stands at its latest change alone.
            entries.RemoveAll(before => told.Any(now => now.PhotoId == before.PhotoId));
            entries.AddRange(told);
            position = page[^1].Position;
        }
        return new(entries, Cursor(head.Epoch, position));
    }

    private async Task<List<FeedEntry>> TellAsync(Act act, Channel channel, List<FeedItem> page, CancellationToken cancel)
    {
        var ids = page.Select(row => row.PhotoId).ToArray();
        var photos = await standings.ReadAsync(act.SchoolId, ids, cancel);
        var objects = (await db.Objects.AsNoTracking()
            .Where(row => ids.Contains(row.PhotoId) && row.StoredAt != null && row.Kind != ObjectKind.Original)
            .OrderBy(row => row.Kind).ToListAsync(cancel)).ToLookup(row => row.PhotoId);
        // Cleared, and both standing sizes are there to fetch: a picture still being rendered comes when it is.
        var cleared = photos.Values.Where(photo => photo.IsCleared(channel) && objects[photo.Photo.Id].Count() >= 2)
            .Select(photo => photo.Photo.Id).ToHashSet();
        // Remembered before it is told: whoever was told can be told again that it is withdrawn.
        await deliveries.ToldAsync(act.SchoolId, channel, [.. cleared], cancel);
        var told = (await db.FeedTold.Where(row => row.SchoolId == act.SchoolId && row.Channel == channel && ids.Contains(row.PhotoId))
            .Select(row => row.PhotoId).ToListAsync(cancel)).ToHashSet();
        return [.. page.Where(row => told.Contains(row.PhotoId)).Select(row => cleared.Contains(row.PhotoId)
            ? new FeedEntry(row.PhotoId, true, row.Position, row.ChangedAt, photos[row.PhotoId].Photo.Alt?.Text, [.. objects[row.PhotoId]])
            : new FeedEntry(row.PhotoId, false, row.Position, row.ChangedAt, null, []))];
    }

    private static string Cursor(Guid epoch, long position) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{epoch:N}.{position}"));

    /// <exception cref="Refusal"><c>cursor-expired</c> 410 · <c>invalid-cursor</c> 422.</exception>
    private static long Position(string cursor, FeedHead head)
    {
        var text = Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : "";
        if (text.Split('.') is not [var epoch, var number] || !Guid.TryParseExact(epoch, "N", out var of) || !long.TryParse(number, out var position))
            throw new Refusal("invalid-cursor", 422, "That is not a cursor of this feed. Start again without one.");
        if (of != head.Epoch || position < head.ForgottenUntil || position > head.Position)
            throw new Refusal("cursor-expired", 410, "That cursor is too old. Start again without one.");
        return position;
    }
}
