using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>What somebody asks to be burned into a picture.</summary>
/// <param name="Pupils">Who is still recognisable, by the school's pseudonyms; null: everybody who is in the source.</param>
/// <param name="NobodyElse">No further recognisable person is in it.</param>
public sealed record NewRedaction(IReadOnlyList<RedactionBox> Boxes, RedactionFill Fill, IReadOnlyCollection<string>? Pupils, bool NobodyElse);

/// <summary>Redactions as people ask for them. A worker makes them; see <see cref="RedactionWork"/>.</summary>
public sealed class RedactionDesk(RecordsDb db, PhotoSight sight, PhotoStandings standings, KeyStore keys)
{
    /// <summary>How long an asker waits at most for the picture.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Asks for a redaction: a screener or the uploader, who can see the source. Also a rescue: a screener sees what a no on
    /// <c>internal</c> hides as long as that is open (policies.md, Holding).
    /// </summary>
    /// <returns>The id that the redacted picture will have.</returns>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>invalid</c>,
    /// <c>pupil-not-in-picture</c> 422.</exception>
    public async Task<Guid> AskAsync(Act act, Guid sourceId, NewRedaction asked, CancellationToken cancel)
    {
        var source = await sight.FindAsync(act, sourceId, cancel);
        // The safeguarding lead sees what is held; nobody makes another picture of it.
        if (source.Facts.Held) throw Refusals.NotFound("picture");
        Rights.RedactPhoto.Must(act.By, PhotoSight.RelationTo(act.By, source.Photo));
        MustLieWithin(asked.Boxes);
        var redaction = new Redaction
        {
            PhotoId = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            SourceId = sourceId,
            Fill = asked.Fill,
            Pupils = asked.Pupils is null ? null : PupilsIn(source, asked.Pupils),
            NobodyElse = asked.NobodyElse,
            AskedBy = act.By.Person,
        };
        redaction.Mark(asked.Boxes, await keys.TextAsync(act.SchoolId, sourceId, cancel) ?? throw Refusals.Gone());

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToRelyAsync([sourceId], cancel);
        // A hold or a removal that this waited for came before it.
        var now = await standings.FindAsync(act.SchoolId, sourceId, cancel) ?? throw Refusals.Gone();
        if (now.Facts.Held) throw Refusals.NotFound("picture");
        if (now.Order is not null) throw Refusals.Gone();
        db.Redactions.Add(redaction);
        db.Work.Add(new WorkItem { SchoolId = act.SchoolId, Kind = WorkKinds.Redact, Subject = redaction.PhotoId });
        act.Answers(202, redaction.PhotoId, redaction.PhotoId);
        await db.CommitAsync(act, cancel, new AuditEvent("photo.redaction-asked", sourceId, "redaction", redaction.PhotoId.ToString(),
            new { boxes = asked.Boxes.Count, fill = Words.Of(asked.Fill), rescue = now.HiddenByInternalNo }));
        return redaction.PhotoId;
    }

    /// <summary>Waits until it is made, failed or came to nothing, or the time is over.</summary>
    public async Task WaitAsync(Guid redaction, TimeSpan atMost, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(atMost < Patience ? atMost : Patience);
        while (!patience.IsCancellationRequested
            && await db.Redactions.AnyAsync(row => row.PhotoId == redaction && row.MadeAt == null && row.Failed == null, cancel))
        {
            await Task.Delay(Look, cancel);
        }
    }

    /// <summary>A redaction whose source, or itself once it is made, the actor may see.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410: it came to nothing, or what it is of is not there any more.</exception>
    public async Task<Redaction> FindAsync(Act act, Guid redaction, CancellationToken cancel)
    {
        var found = await db.Redactions.AsNoTracking().SingleOrDefaultAsync(row => row.PhotoId == redaction && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.Gone();
        await sight.FindAsync(act, found.State == RedactionState.Made ? found.PhotoId : found.SourceId, cancel);
        found.Open(await keys.TextAsync(act.SchoolId, found.KeyOwner, cancel));
        return found;
    }

    /// <summary>The redactions of one photo, oldest first: those being made, those that failed, and of those made the ones that the actor may see.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410.</exception>
    public async Task<IReadOnlyList<Redaction>> ListAsync(Act act, Guid sourceId, Guid? after, int limit, CancellationToken cancel)
    {
        await sight.FindAsync(act, sourceId, cancel);
        var rows = await db.Redactions.AsNoTracking().Where(row => row.SourceId == sourceId && (after == null || row.PhotoId > after))
            .OrderBy(row => row.PhotoId).ToListAsync(cancel);
        var shown = await ShownAsync(act, rows, cancel);
        var texts = await keys.TextsAsync(act.SchoolId, [.. rows.Select(row => row.KeyOwner)], cancel);
        foreach (var row in rows) row.Open(texts[row.KeyOwner]);
        return [.. rows.Where(row => row.State != RedactionState.Made || shown.Contains(row.PhotoId)).Take(limit)];
    }

    /// <summary>For photos that the actor sees: what they were made from, and what was made from them as far as the actor may see that.</summary>
    public async Task<ILookup<Guid, (Guid? From, Guid? Made)>> TiesAsync(Act act, IReadOnlyCollection<Guid> photos, CancellationToken cancel)
    {
        var rows = await db.Redactions.AsNoTracking()
            .Where(row => row.MadeAt != null && (photos.Contains(row.PhotoId) || photos.Contains(row.SourceId)))
            .OrderBy(row => row.PhotoId).ToListAsync(cancel);
        var shown = await ShownAsync(act, [.. rows.Where(row => photos.Contains(row.SourceId))], cancel);
        return rows.Select(row => (Photo: row.PhotoId, Tie: ((Guid?)row.SourceId, (Guid?)null)))
            .Concat(rows.Where(row => shown.Contains(row.PhotoId)).Select(row => (Photo: row.SourceId, Tie: ((Guid?)null, (Guid?)row.PhotoId))))
            .ToLookup(row => row.Photo, row => row.Tie);
    }

    private async Task<HashSet<Guid>> ShownAsync(Act act, IReadOnlyCollection<Redaction> rows, CancellationToken cancel)
    {
        if (rows.All(row => row.State != RedactionState.Made)) return [];
        var classes = await sight.ClassesAsync(act, cancel);
        var photos = await standings.ReadAsync(act.SchoolId, [.. rows.Select(row => row.PhotoId)], cancel);
        return [.. photos.Values.Where(photo => PhotoSight.MaySee(act.By, classes, photo)).Select(photo => photo.Photo.Id)];
    }

    private static void MustLieWithin(IReadOnlyList<RedactionBox> boxes)
    {
        if (boxes.Count == 0) throw Refusals.Invalid("Mark at least one box ('boxes').");
        if (boxes.Count > RedactionBox.Most) throw Refusals.Invalid($"'boxes' is too long: at most {RedactionBox.Most} of them.");
        foreach (var box in boxes)
        {
            if (box.Width <= 0 || box.Height <= 0) throw Refusals.Invalid("A box has no size. Draw it again.");
            if (!box.LiesWithin)
                throw Refusals.Invalid("A box lies beyond the picture. 'left', 'top', 'width' and 'height' are parts of the picture, from 0 to 1.");
        }
    }

    private static Guid[] PupilsIn(PhotoStanding source, IReadOnlyCollection<string> misIds)
    {
        var inIt = source.Pupils.ToDictionary(pupil => pupil.MisId, pupil => pupil.Id);
        return [.. misIds.Distinct().Select(misId => inIt.TryGetValue(misId, out var id) ? id : throw new Refusal(
            "pupil-not-in-picture", 422, "One of the pupils is not named in the picture that is redacted. Say there first who is in it."))];
    }
}
