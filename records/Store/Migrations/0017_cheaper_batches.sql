-- What a batch of removals asks of every row is asked once for all of them (docs/decisions/0016): triggers look at whole statements, and
-- who is held is a list, not a question for each photo.

-- Families with a hold that stands: few, and read by an index of their own.
create index holds_standing on holds (photo_id) where released_at is null;
create view held_families as
  select photos.family_id from holds join photos on photos.id = holds.photo_id where holds.released_at is null;
create or replace function is_held(family uuid) returns boolean language sql stable as $$
  select exists (select 1 from held_families where family_id = family)
$$;

create or replace function queue_for_sealing() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (entry_id, school_id) select id, school_id from added;
  return null;
end $$;
drop trigger audit_entries_queued on audit_entries;
create trigger audit_entries_queued after insert on audit_entries referencing new table as added
  for each statement execute function queue_for_sealing();
-- Only that trigger writes here, in the statement that writes the entry.
alter table audit_unsealed drop constraint audit_unsealed_entry_id_fkey;

create or replace function refuse_living_photo() returns trigger language plpgsql as $$
begin
  if exists (select 1 from gone where not exists (select 1 from tombstones where photo_id = gone.id)) then
    raise exception 'a photo without tombstone is not deleted' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
drop trigger photos_tombstone_first on photos;
create trigger photos_tombstone_first after delete on photos referencing old table as gone
  for each statement execute function refuse_living_photo();

create function refuse_loss_while_photo_lives() returns trigger language plpgsql as $$
begin
  if exists (select 1 from gone where not exists (select 1 from tombstones where photo_id = gone.photo_id)) then
    raise exception '% is append-only while its photo lives', tg_table_name using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
drop trigger screening_decisions_append_only on screening_decisions;
create trigger screening_decisions_append_only before update on screening_decisions for each row execute function refuse_change();
create trigger screening_decisions_outlive_none after delete on screening_decisions referencing old table as gone
  for each statement execute function refuse_loss_while_photo_lives();
