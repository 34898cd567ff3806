namespace PhotoGuard.Records.Telemetry;

/// <summary>Every gauge of <see cref="RecordsGauges"/> as rows of (name, labels, value); a null value is no value.</summary>
internal static class FiguresSql
{
    /// <summary>$1, $2, $3: places, causes and times of the deadlines; $4: after which silence a worker is missed.</summary>
    public const string Text = """
        with moment as materialized (select steady_now() as now),
        open as materialized (
          select place, cause, not_before, not_before + time < now as late, photo_id
          from removals join unnest($1, $2, $3) as deadline (at_place, for_cause, time) on at_place = place and for_cause = cause, moment
          where done_at is null and cancelled_at is null),
        removing as (
          select place, cause, count(*) as open, extract(epoch from max(now - not_before)) as age,
            count(*) filter (where late and not (place = 'store' and exists (select from photos where photos.id = photo_id and is_held(family_id)))) as overdue
          from open, moment group by 1, 2),
        working as (
          select kind, count(*) filter (where stuck_at is null and due_at <= now) as waiting,
            extract(epoch from max(now - due_at) filter (where stuck_at is null and due_at <= now)) as age,
            count(*) filter (where stuck_at is null and last_error is not null) as failing, count(*) filter (where stuck_at is not null) as stuck
          from work, moment group by 1),
        unsealed as (select entry_id from audit_unsealed limit 100000)
        select 'photoguard.serving', '{}'::text[], (not exists (select from restores where state <> 'done'))::int::float8
        union all select 'photoguard.clock.doubted', '{}', (clock_unnoted() or exists (select from clock_jumps where ended_at is null))::int
        union all select 'photoguard.purge.age', '{}', (
          select extract(epoch from max(now - greatest(created_at, (
            select started_at from purges where school_id = schools.id and not dry_run order by started_at desc limit 1)))) from schools)
          from moment
        union all select 'photoguard.purge.stopped', '{}', count(*) from purges where state = 'stopped'
        union all select 'photoguard.purge.due', '{}', coalesce((
          select sum(due) from schools cross join lateral (
            select count(*) as due from (select from photos where school_id = schools.id and delete_after <= now limit 100000) as found) as counted), 0)
          from moment
        union all select 'photoguard.sweep.stopped', '{}', coalesce((select stopped::int from sweeps), 0)
        union all select 'photoguard.objects.missing', '{}', coalesce((select missing from sweeps), 0)
        union all select 'photoguard.removals.open', array[place, cause], open from removing
        union all select 'photoguard.removals.age', array[place, cause], greatest(age, 0) from removing
        union all select 'photoguard.removals.overdue', array[place, cause], overdue from removing
        union all select 'photoguard.work.waiting', array[kind], waiting from working
        union all select 'photoguard.work.age', array[kind], age from working
        union all select 'photoguard.work.failing', array[kind], failing from working
        union all select 'photoguard.work.stuck', array[kind], stuck from working
        union all select 'photoguard.workers.alive', array[way], (select count(*) from workers where decoding = way and seen_at >= now - $4)
          from unnest(array['sandboxed', 'unsandboxed', 'off']) as way, moment
        union all select 'photoguard.workers.silent', '{}', count(*) from workers, moment where seen_at < now - $4
        union all select 'photoguard.backup.age', array[kind], extract(epoch from now - coalesce(
          (select max(at) from backups where what = kind), (select min(created_at) from schools)))
          from unnest(array['records', 'keys']) as kind, moment
        union all select 'photoguard.ledger.unsealed', '{}', count(*) from unsealed
        union all select 'photoguard.ledger.unsealed.age', '{}', coalesce(extract(epoch from now - (
          select at from audit_entries where id = (select min(entry_id) from audit_unsealed))), 0) from moment
        union all select 'photoguard.ledger.untold', '{}', coalesce(sum(greatest(0,
          coalesce((select max(position) from audit_seals where school_id = schools.id), 0)
            - coalesce((select max(position) from ledger_marks where school_id = schools.id), 0))), 0) from schools
        """;
}
