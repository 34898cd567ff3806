using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>Forgets what has a date to be forgotten.</summary>
public sealed class Housekeeping(RecordsDb db)
{
    /// <returns>Rows forgotten; none while the clock that says so is in doubt.</returns>
    public async Task<int> ForgetAsync(CancellationToken cancel) => await db.IsClockInDoubtAsync(cancel) ? 0 :
        // Contract, Idempotency: 24 hours.
        await db.Database.ExecuteSqlAsync($"delete from idempotency_answers where created_at < now() - interval '24 hours'", cancel)
        // Contract, Duplicates: a year after the destruction.
        + await db.Database.ExecuteSqlAsync($"delete from picture_digests where destroyed_at < now() - interval '1 year'", cancel)
        // A node that was taken away without being stopped.
        + await db.Database.ExecuteSqlAsync($"delete from workers where seen_at < now() - interval '30 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from sessions where expires_at < now()", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from sign_in_steps where expires_at < now()", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from sign_in_tries where since < now() - interval '1 day'", cancel)
        // The watch looks an hour back, or to where it stood still.
        + await db.Database.ExecuteSqlAsync($"delete from refused_looks where minute < now() - interval '7 days'", cancel)
        // No longer than what they tell of.
        + await db.Database.ExecuteSqlAsync($"""
            delete from access_alarms using policy_switches
            where policy_switches.school_id = access_alarms.school_id and raised_at < now() - make_interval(years => access_log_years)
            """, cancel)
        // Half a year without a sign-in: a browser that is gone, a network that is somebody else's.
        + await db.Database.ExecuteSqlAsync($"delete from known_browsers where seen_at < now() - interval '180 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from known_networks where seen_at < now() - interval '180 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from device_enrolments where expires_at < now() - interval '7 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from enrolment_tries where quarter < now() - interval '7 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from upload_grants where until < now() - interval '7 days'", cancel)
        + await db.Database.ExecuteSqlAsync($"delete from sign_in_links where expires_at < now() - interval '7 days'", cancel);
}
