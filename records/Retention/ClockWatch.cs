using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>What a process remembers of its own last note: it has lived since then, and so knows how much time has passed.</summary>
public sealed record OwnNote(DateTimeOffset TrustedAt, double UptimeSeconds, int Confirmed);

/// <summary>What became of one note.</summary>
/// <param name="Own">To be given to the next note of this process.</param>
/// <param name="Now">The database's clock, right or wrong.</param>
/// <param name="Jumped">How far the clock was found to be moved, now for the first time; null where it was not.</param>
public sealed record ClockNote(OwnNote Own, DateTimeOffset Now, TimeSpan? Jumped);

/// <summary>
/// Tells "the database's clock was moved by two years while ten seconds passed" from "everything was stopped for three weeks" (I26;
/// docs/decisions/0017). Time is measured by how long machines have been up, which no setting of a clock moves.
/// </summary>
public sealed class ClockWatch(RecordsDb db)
{
    /// <summary>By how much a clock may be put right without anybody being asked.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>Notes the database's clock.</summary>
    /// <param name="own">This process's own last note; null at its first.</param>
    public async Task<ClockNote> NoteAsync(string node, Uptime uptime, OwnNote? own, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockId})", cancel);
        var (now, started) = (await db.Database.SqlQuery<DatabaseTimes>(
            $"select clock_timestamp() as \"Now\", pg_postmaster_start_time() as \"Started\"").ToListAsync(cancel))[0];
        var clock = await db.Clock.SingleOrDefaultAsync(cancel);
        if (clock is null) db.Clock.Add(clock = new NotedClock { TrustedAt = now, NotedAt = now, NotedBy = node, Boot = uptime.Boot, BootSeconds = uptime.Seconds });
        var open = await db.ClockJumps.SingleOrDefaultAsync(jump => jump.EndedAt == null, cancel);

        var expected = Expected(clock, started, uptime, own);
        // A jump that stands is not over because everything was started anew.
        if (expected is null && open is not null && now >= clock.NotedAt) expected = now - (open.ToAt - open.FromAt);
        // Where nobody can say how much time has passed, any time may have; but it does not go back.
        var believed = expected is { } at ? (now - at).Duration() <= Tolerance : now >= clock.TrustedAt - Tolerance;
        TimeSpan? jumped = null;
        if (believed)
        {
            clock.TrustedAt = now > clock.TrustedAt ? now : clock.TrustedAt;
            if (open is not null) await EndAsync(open, JumpEnding.Mended, now, cancel);
        }
        else
        {
            var should = expected ?? clock.TrustedAt;
            clock.TrustedAt = should > clock.TrustedAt ? should : clock.TrustedAt;
            if (open is null || (now - should - (open.ToAt - open.FromAt)).Duration() > Tolerance)
            {
                if (open is not null) await EndAsync(open, JumpEnding.Replaced, now, cancel);
                jumped = now - should;
                db.ClockJumps.Add(new ClockJump { NoticedBy = node, FromAt = should, ToAt = now });
                await TellAsync("clock.jumped", new { seconds = (long)jumped.Value.TotalSeconds }, cancel);
            }
        }

        if (clock.NotedAt - now > Tolerance) await TurnBackAsync(clock.NotedAt - now, cancel);
        (clock.NotedAt, clock.NotedBy, clock.Boot, clock.BootSeconds) = (now, node, uptime.Boot, uptime.Seconds);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new(new(clock.TrustedAt, uptime.Seconds, clock.Confirmed), now, jumped);
    }

    /// <summary>Before a run decides anything: what no worker has noted yet is noted.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        if ((await db.Database.SqlQuery<bool>($"select clock_unnoted() as \"Value\"").ToListAsync(cancel))[0])
            await NoteAsync("run", Uptime.Read(), null, cancel);
    }

    /// <summary>The jump that is in doubt for somebody.</summary>
    internal Task<long> OpenJumpAsync(CancellationToken cancel) =>
        db.ClockJumps.Where(jump => jump.EndedAt == null).Select(jump => jump.Id).SingleAsync(cancel);

    /// <summary>
    /// Two people of a school have let its run go on, and so confirmed the clock. Once every school that knew another time has, the clock
    /// is trusted as it is. In the caller's transaction.
    /// </summary>
    internal async Task ConfirmedAsync(long jump, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        var ended = await db.Database.ExecuteSqlAsync($"""
            update clock_jumps set ended_at = now(), ending = {Words.Of(JumpEnding.Confirmed)}
            where id = {jump} and ended_at is null and not exists (
              select from schools where created_at < greatest(from_at, to_at) and not exists (
                select from purges where purges.school_id = schools.id and clock_jump_id = {jump} and second_approval_by is not null))
            """, cancel);
        if (ended == 1) await db.Database.ExecuteSqlAsync($"update clock set trusted_at = now(), noted_at = now(), confirmed = confirmed + 1", cancel);
    }

    // Any number will do, as long as nobody else locks the same one.
    private const long LockId = 7_240_031_017;

    /// <summary>What time it should be; null where everything was stopped, the database too, and any time may have passed.</summary>
    private static DateTimeOffset? Expected(NotedClock clock, DateTimeOffset started, Uptime uptime, OwnNote? own)
    {
        if (own?.Confirmed == clock.Confirmed) return own.TrustedAt.AddSeconds(uptime.Seconds - own.UptimeSeconds);
        // The database was started since. Seen from a clock that went back, the last note lies in the future all the same.
        if (started > clock.NotedAt) return null;
        // Nobody noted anything for a while. The same machine, still up, can tell how long; another one cannot.
        return clock.Boot == uptime.Boot ? clock.TrustedAt.AddSeconds(uptime.Seconds - clock.BootSeconds) : clock.TrustedAt;
    }

    private async Task EndAsync(ClockJump jump, JumpEnding how, DateTimeOffset now, CancellationToken cancel)
    {
        (jump.EndedAt, jump.Ending) = (now, how);
        await db.SaveChangesAsync(cancel);
        if (how != JumpEnding.Mended) return;
        // What readers of the feed were told by the wrong date may be wrong: they start again.
        await db.Database.ExecuteSqlAsync($"update date_turns set told_until = least(told_until, {now})", cancel);
        await db.Database.ExecuteSqlAsync($"update feed_heads set epoch = gen_random_uuid()", cancel);
        await TellAsync("clock.mended", new { seconds = (long)(jump.ToAt - jump.FromAt).TotalSeconds }, cancel);
    }

    /// <summary>Nobody waits for what was to be done at an hour that has now to come again.</summary>
    private async Task TurnBackAsync(TimeSpan by, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"update work set due_at = due_at - {by}, lease_until = lease_until - {by}, retry_at = retry_at - {by}", cancel);
        await db.Database.ExecuteSqlAsync($"update workers set seen_at = now() where seen_at > now()", cancel);
    }

    /// <summary>The clock is everybody's: an entry in the chain of each school.</summary>
    private async Task TellAsync(string what, object details, CancellationToken cancel)
    {
        foreach (var school in await db.Schools.Select(row => row.Id).ToListAsync(cancel))
            db.AuditEntries.Add(new AuditEvent(what, SubjectKind: "clock", Details: details).By(Act.OfSystem(school)));
    }

    private sealed record DatabaseTimes(DateTimeOffset Now, DateTimeOffset Started);
}
