using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Removal;

/// <summary>What an answer would do to pictures if it were recorded now.</summary>
/// <param name="Destroyed">Pictures destroyed at once.</param>
/// <param name="Rescuable">Pictures hidden at once, and destroyed unless a screener rescues them for the others in time.</param>
/// <param name="RescueDays">How many days that is.</param>
/// <param name="Leaving">Pictures that stay and are cleared on the channel now, and would no longer be.</param>
/// <param name="Copies">Known copies outside that somebody would have to take down.</param>
public sealed record ConsentEffect(int Destroyed, int Rescuable, int RescueDays, int Leaving, int Copies);

/// <summary>Before the office confirms an answer, says what it will do, by the very rules that will do it (policies.md, Holding).</summary>
public sealed class ConsentPreview(RecordsDb db, PupilDesk pupils, PhotoStandings standings, KeyStore keys)
{
    private const int Together = 500;

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<ConsentEffect> OfAsync(Act act, string misId, NewAnswer told, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.KeepConsents.Must(act.By);
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId, cancel);
        var answers = await db.ConsentAnswers.AsNoTracking().Where(row => row.PupilId == pupil.Id).ToListAsync(cancel);
        var blocked = await db.SafeguardingBlocks.AnyAsync(row => row.PupilId == pupil.Id && row.LiftedAt == null, cancel);
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel);
        foreach (var answer in answers) answer.Open(text);
        answers.Add(Imagined(act, pupil, told, await db.NowAsync(cancel)));

        var effect = new ConsentEffect(0, 0, switches.RescueDays, 0, 0);
        var photos = await db.PhotoPupils.Where(tag => tag.PupilId == pupil.Id).Select(tag => tag.PhotoId).ToListAsync(cancel);
        foreach (var some in photos.Chunk(Together))
        {
            var shown = (await standings.ReadAsync(act.SchoolId, some, cancel)).Values
                // What is held already is not the office's to know; a picture on its way out goes anyhow.
                .Where(photo => photo.Order is null && !photo.Facts.Held).ToList();
            var off = new List<Guid>();
            foreach (var photo in shown)
            {
                var standing = ConsentStanding.OfAll(pupil, answers, blocked, photo.Today, switches);
                var after = photo.Facts with
                {
                    Pupils = [.. photo.Facts.Pupils.Select(tag => tag.Standing.PupilId == pupil.Id ? tag with { Standing = standing } : tag)],
                };
                if (DestructionRule.HiddenByInternalNo(after) && !photo.HiddenByInternalNo)
                {
                    effect = DestructionRule.RescueUntil(after, switches) <= photo.Now
                        ? effect with { Destroyed = effect.Destroyed + 1 }
                        : effect with { Rescuable = effect.Rescuable + 1 };
                }
                else if (photo.IsCleared(told.Channel) && !ClearanceRule.Of(after, told.Channel).Cleared)
                {
                    effect = effect with { Leaving = effect.Leaving + 1 };
                }

                if (Channels.All.Any(channel => !ClearanceRule.Of(after, channel).Cleared)) off.Add(photo.Photo.Id);
            }

            effect = effect with { Copies = effect.Copies + await CopiesAsync(off, told.Channel, cancel) };
        }

        return effect;
    }

    /// <summary>Known copies that are not already being taken down. A no on the root reaches every channel.</summary>
    private Task<int> CopiesAsync(List<Guid> photos, Channel channel, CancellationToken cancel) => db.Publications.CountAsync(
        copy => photos.Contains(copy.PhotoId) && (channel == Channel.Internal || copy.Channel == channel)
            && !db.Removals.Any(order => order.PublicationId == copy.Id && order.CancelledAt == null), cancel);

    private static ConsentAnswer Imagined(Act act, Pupil pupil, NewAnswer told, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        SchoolId = act.SchoolId,
        PupilId = pupil.Id,
        Channel = told.Channel,
        Answer = told.Answer,
        ByKind = told.ByKind,
        ByName = SealedText.Imagined(told.ByName),
        GuardianId = told.GuardianId,
        Route = told.Route,
        NoticeVersion = told.NoticeVersion,
        AnsweredAt = told.AnsweredAt ?? now,
        ExpiresOn = told.ExpiresOn,
        RecordedAt = now,
        RecordedBy = act.By.Person,
    };
}
