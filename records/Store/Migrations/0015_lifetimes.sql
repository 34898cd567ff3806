-- How long records live: a number of years for each kind, and one role of the database that alone may delete them (docs/decisions/0020).

-- Years. No audit_years: for ever. What another duty needs is not kept for less.
alter table policy_switches
  add column consent_years int not null default 3 check (consent_years between 1 and 30),
  add column guardian_years int not null default 1 check (guardian_years between 0 and 30),
  add column leaver_years int not null default 2 check (leaver_years between 0 and 30),
  add column access_log_years int not null default 3 check (access_log_years between 1 and 30),
  add column disclosure_years int not null default 6 check (disclosure_years between 1 and 30),
  add column audit_years int default 7 check (audit_years between 1 and 100),
  add check (consent_years >= retention_years and disclosure_years >= retention_years),
  add check (guardian_years <= leaver_years),
  add check (audit_years >= greatest(consent_years, leaver_years, access_log_years, disclosure_years));
alter table policy_switches
  alter column consent_years drop default, alter column guardian_years drop default, alter column leaver_years drop default,
  alter column access_log_years drop default, alter column disclosure_years drop default, alter column audit_years drop default;

-- One a night for each school, on whichever node: how many rows of each kind it has deleted.
create table lifetime_runs (
  id uuid primary key,
  school_id uuid not null references schools,
  night date not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  consents int not null default 0,
  guardians int not null default 0,
  pupils int not null default 0,
  access_log int not null default 0,
  disclosures int not null default 0,
  audit int not null default 0,
  unique (school_id, night)
);

-- A seal stays when its entry goes: the chain is whole without its content.
alter table audit_seals drop constraint audit_seals_entry_id_fkey;

create index audit_entries_at on audit_entries using brin (at);
create index audit_entries_forgotten on audit_entries (school_id, id) where event = 'records.forgotten';
create index certificates_issued on certificates (school_id, issued_at);

-- Roles are the whole server's; this database has one of its own. Its name follows the database's, also in a copy or where it is restored.
create function lifetimes_role() returns name language sql stable as $$
  select (case when octet_length(current_database()) <= 53 then current_database() else md5(current_database()) end || '_lifetimes')::name
$$;

-- Run at every start and after every restore: roles and privileges are in no dump.
create function prepare_lifetimes_role() returns void language plpgsql as $$
declare
  role name := lifetimes_role();
  sixteen boolean := current_setting('server_version_num')::int >= 160000;
  kept name;
begin
  perform pg_advisory_xact_lock(7240031020);
  begin
    if not exists (select from pg_roles where rolname = role) then
      begin
        execute format('create role %I nologin', role);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not pg_has_role(current_user, role, case when sixteen then 'SET' else 'MEMBER' end) then
      execute format('grant %I to %I', role, current_user) || case when sixteen then ' with inherit false, set true' else '' end;
    end if;
  exception when insufficient_privilege then
    raise exception 'The database needs a role that alone may delete records whose time is over, and its user may not make one. Have an administrator of the database server run this once, then start again: create role %; grant % to %;',
      quote_ident(role), quote_ident(role), quote_ident(current_user)
      using errcode = 'insufficient_privilege';
  end;

  execute format('grant usage on schema public to %I', role);
  foreach kept in array array['consent_answers', 'consent_invalidations', 'guardians', 'safeguarding_blocks', 'pupils',
    'publications', 'removals', 'certificates', 'audit_entries']::name[]
  loop
    execute format('revoke delete, truncate on %I from public, %I', kept, current_user);
    execute format('grant select, delete on %I to %I', kept, role);
  end loop;
  -- What nobody deletes, and what the triggers below look at.
  execute format('revoke delete, truncate on audit_seals, audit_bridges, tombstones, pupil_tombstones from public, %I', current_user);
  execute format('grant select on audit_seals, pupil_tombstones, photos to %I', role);
end $$;

create function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception '% is never emptied', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

-- Deleting is for the role alone, and for it only what nothing needs any more.
create function refuse_others() returns void language plpgsql as $$
begin
  if current_user <> lifetimes_role() then
    raise exception 'only the role % deletes records', lifetimes_role() using errcode = 'integrity_constraint_violation';
  end if;
end $$;

create or replace function refuse_living_pupil() returns trigger language plpgsql as $$
begin
  perform refuse_others();
  if not exists (select from pupil_tombstones where pupil_id = old.id) then
    raise exception 'a pupil without tombstone is not deleted' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;

-- Of a pupil who is not erased, only an answer goes that has another one after it.
create or replace function refuse_change_while_pupil_lives() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform refuse_others();
    if exists (select from pupil_tombstones where pupil_id = old.pupil_id)
      or exists (
        select from consent_answers later where later.pupil_id = old.pupil_id and later.channel = old.channel and later.id <> old.id
          and later.answered_at >= old.answered_at) then
      return old;
    end if;
  end if;
  raise exception '% is append-only while it counts', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

create or replace function refuse_change_of_invalidation() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform refuse_others();
    return old;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

-- What was recorded in error must not count again: the invalidation goes with its answer or not at all.
create function refuse_lone_answer() returns trigger language plpgsql as $$
begin
  if exists (select from consent_answers where id = old.answer_id) then
    raise exception 'an invalidation goes with its answer' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger consent_invalidations_with_answer after delete on consent_invalidations
  deferrable initially deferred for each row execute function refuse_lone_answer();

create function refuse_present_pupil() returns trigger language plpgsql as $$
begin
  perform refuse_others();
  if not exists (select from pupil_tombstones where pupil_id = old.pupil_id)
    and not (tg_table_name = 'guardians' and exists (select from pupils where id = old.pupil_id and left_on < current_date)) then
    raise exception '% of a pupil who is there is not deleted', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger guardians_pupil_left before delete on guardians for each row execute function refuse_present_pupil();
create trigger safeguarding_blocks_pupil_erased before delete on safeguarding_blocks for each row execute function refuse_present_pupil();

create function refuse_needed_disclosure() returns trigger language plpgsql as $$
begin
  perform refuse_others();
  if exists (select from photos where id = old.photo_id)
    or exists (select from removals where photo_id = old.photo_id and done_at is null and cancelled_at is null) then
    raise exception 'what is known of a photo that is there, or of a copy that is to come down, is not deleted'
      using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger publications_not_needed before delete on publications for each row execute function refuse_needed_disclosure();
create trigger removals_not_needed before delete on removals for each row execute function refuse_needed_disclosure();
drop trigger certificates_append_only on certificates;
create trigger certificates_append_only before update on certificates for each row execute function refuse_change();
create trigger certificates_not_needed before delete on certificates for each row execute function refuse_needed_disclosure();

-- An entry goes when its seal stays; what says that entries have gone stays for ever.
create function refuse_unsealed_entry() returns trigger language plpgsql as $$
begin
  perform refuse_others();
  if old.event = 'records.forgotten' or not exists (select from audit_seals where entry_id = old.id) then
    raise exception 'this entry stays' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
drop trigger audit_entries_append_only on audit_entries;
create trigger audit_entries_append_only before update on audit_entries for each row execute function refuse_change();
create trigger audit_entries_sealed before delete on audit_entries for each row execute function refuse_unsealed_entry();

do $$
declare kept name;
begin
  foreach kept in array array['consent_answers', 'consent_invalidations', 'guardians', 'safeguarding_blocks', 'pupils', 'publications', 'removals',
    'certificates', 'audit_entries', 'audit_seals', 'audit_bridges', 'tombstones', 'pupil_tombstones']::name[]
  loop
    execute format('create trigger %I before truncate on %I for each statement execute function refuse_truncate()', kept || '_not_emptied', kept);
  end loop;
end $$;

select prepare_lifetimes_role();
