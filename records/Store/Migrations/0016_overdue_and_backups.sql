-- For how many days somebody has been told that a removal is past its deadline: told on the first day, and again on each further one.
alter table removals add column overdue_told int not null default 0 check (overdue_told >= 0);

-- Backups and copies of the keys that were read back and found whole. One that is not here was never made.
create table backups (
  id uuid primary key,
  what text not null check (what in ('records', 'keys')),
  -- The database's clock when it was begun: what was committed before is in it.
  at timestamptz not null,
  made_at timestamptz not null default now(),
  place text not null check (length(place) between 1 and 300),
  -- Objects, or keys.
  items int not null check (items >= 0),
  -- Objects of earlier backups that were not as they had been written, and were copied anew.
  mended int not null default 0 check (mended >= 0)
);
create index backups_latest on backups (what, at);
create trigger backups_append_only before update or delete on backups
  for each row execute function refuse_change();

-- Told once, until there is one again.
create index audit_entries_no_backup on audit_entries (school_id, id) where event = 'backup.missed';
