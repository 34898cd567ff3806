-- Removals are carried out in batches, and a purge run opens its removals page by page.

-- What people wait for (0) comes before what only a date asks for (1), however much of that is due.
alter table work add column precedence int not null default 0;
drop index work_due;
create index work_due on work (kind, precedence, due_at) where stuck_at is null;

-- Rows that change a few times before they end: with room beside them they need no new entries in the indexes.
alter table work set (fillfactor = 60);
alter table removals set (fillfactor = 60);

-- How far a run has opened what was due when it began.
alter table purges
  add column all_opened boolean not null default true,
  add column opened_to timestamptz,
  add column opened_to_photo uuid;
alter table purges alter column all_opened drop default;
drop index photos_due;
create index photos_due on photos (school_id, delete_after, id);

-- Asked four times a second by every worker while a run lasts: is anything of it left, and what of that has failed?
drop index removals_purge;
create index removals_purge on removals (purge_id) where purge_id is not null and done_at is null and cancelled_at is null;
create index removals_failing on removals (purge_id) where last_error is not null and done_at is null and cancelled_at is null;

-- Looked at for every concern that is deleted.
create index holds_concern on holds (concern_id) where concern_id is not null;
