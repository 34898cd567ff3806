using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;

namespace PhotoGuard.Tests.Faults.TwoNodes;

/// <summary>What the sealed audit tells of withdrawals and deliveries.</summary>
internal static class AuditOrder
{
    /// <summary>
    /// Fails where a photo was opened for the channel while the latest answer before it, of a pupil in it, on the channel or on
    /// internal, was a no.
    /// </summary>
    public static async Task MustHoldAsync(TestRecords records, PhotoFlows look, Channel channel)
    {
        await records.SealAsync();
        Assert.Equal(0, await look.CountAsync("select count(*) from audit_unsealed"));
        Assert.Equal(0, await look.CountAsync("""
            with entries as (
              select position, event, photo_id, details from audit_entries join audit_seals on entry_id = id
              where event in ('photo.opened', 'consent.recorded', 'photo.linked')),
            links as (
              select photo_id, jsonb_array_elements_text(details -> 'added') as pupil from entries where event = 'photo.linked')
            select count(*) from entries as opened
            join links on links.photo_id = opened.photo_id
            cross join lateral (select unnest(array[$1, 'internal']) as channel) as asked
            cross join lateral (
              select details ->> 'answer' as answer from entries
              where event = 'consent.recorded' and position < opened.position
                and details ->> 'pupil' = links.pupil and details ->> 'channel' = asked.channel
              order by position desc limit 1) as latest
            where opened.event = 'photo.opened' and opened.details ->> 'channel' = $1 and latest.answer <> 'given'
            """, Words.Of(channel)));
    }
}
