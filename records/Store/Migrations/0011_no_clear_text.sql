-- Everything is sealed; where it is not, this fails and nothing is lost. Each table is written anew (cluster), so that the old rows are not
-- only unreachable but gone from its file.

do $$
begin
  if exists (select from guardians where clear_email is not null and email is null)
    or exists (select from photos where clear_alt is not null and alt is null)
    or exists (select from screening_decisions where clear_reason is not null and reason is null)
    or exists (select from concerns where clear_note is not null and note is null)
    or exists (select from redactions where clear_boxes <> '{}' and boxes is null)
    or exists (select from publications where kind = 'manual' and (place is null or (clear_url is not null and url is null)))
    or exists (select from removals where clear_proof is not null and proof is null) then
    raise exception 'there is text that is not sealed yet';
  end if;
end $$;

alter table pupils drop column clear_given_name, drop column clear_family_name, drop column clear_date_of_birth, alter column identity set not null;
alter table guardians drop column clear_name, drop column clear_email, alter column name set not null;
alter table consent_answers drop column clear_by_name, alter column by_name set not null;
alter table consent_invalidations drop column clear_reason, alter column reason set not null;
alter table safeguarding_blocks drop column clear_reason, alter column reason set not null;
alter table photos drop column clear_alt;
alter table screening_decisions drop column clear_reason;
alter table concerns drop column clear_note;
alter table holds drop column clear_reason, alter column reason set not null;
alter table redactions drop column clear_boxes, add check ((failed is null) = (boxes is not null));
alter table publications drop column clear_place, drop column clear_url,
  add check ((kind = 'manual') = (place is not null)), add check (url is null or kind = 'manual');
alter table removals drop column clear_proof, add check (proof is null or place = 'publication');

cluster pupils using pupils_pkey;
cluster guardians using guardians_pkey;
cluster consent_answers using consent_answers_pkey;
cluster consent_invalidations using consent_invalidations_pkey;
cluster safeguarding_blocks using safeguarding_blocks_pkey;
cluster photos using photos_pkey;
cluster screening_decisions using screening_decisions_pkey;
cluster concerns using concerns_pkey;
cluster holds using holds_pkey;
cluster redactions using redactions_pkey;
cluster publications using publications_pkey;
cluster removals using removals_pkey;

-- A pupil's records are erased: nothing brings them back, a restored backup included.
create table pupil_tombstones (
  pupil_id uuid primary key,
  school_id uuid not null references schools,
  at timestamptz not null default now()
);
create trigger pupil_tombstones_append_only before update or delete on pupil_tombstones
  for each row execute function refuse_change();

create function refuse_change_while_pupil_lives() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (select from pupil_tombstones where pupil_id = old.pupil_id) then
    return old;
  end if;
  raise exception '% is append-only while its pupil is not erased', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
drop trigger consent_answers_append_only on consent_answers;
create trigger consent_answers_append_only before update or delete on consent_answers
  for each row execute function refuse_change_while_pupil_lives();

create function refuse_change_of_invalidation() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (
    select from consent_answers join pupil_tombstones using (pupil_id) where consent_answers.id = old.answer_id) then
    return old;
  end if;
  raise exception '% is append-only while its pupil is not erased', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
drop trigger consent_invalidations_append_only on consent_invalidations;
create trigger consent_invalidations_append_only before update or delete on consent_invalidations
  for each row execute function refuse_change_of_invalidation();

create function refuse_living_pupil() returns trigger language plpgsql as $$
begin
  if not exists (select from pupil_tombstones where pupil_id = old.id) then
    raise exception 'a pupil without tombstone is not deleted' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger pupils_tombstone_first before delete on pupils for each row execute function refuse_living_pupil();
