-- A redacted picture is a photo of its own, made from another. Pictures made from one another are a family: a hold on one holds them all.
alter table photos add column family_id uuid;
update photos set family_id = id;
alter table photos alter column family_id set not null;
create index photos_family on photos (family_id);

create function is_held(family uuid) returns boolean language sql stable as $$
  select exists (select 1 from holds join photos on photos.id = holds.photo_id where photos.family_id = family and holds.released_at is null)
$$;

-- The obligation to make a redacted picture and, once it is made, what it was made from. The photo has its row when its pixels are
-- there; the source may be destroyed long before it.
create table redactions (
  -- The id that the redacted picture has, or will have.
  photo_id uuid primary key,
  school_id uuid not null references schools,
  source_id uuid not null check (source_id <> photo_id),
  -- Left, top, width and height of each box, in parts of the upright picture: where a child was. Forgotten where it comes to nothing.
  boxes double precision[] not null check (0 <= all (boxes) and 1 >= all (boxes)),
  fill text not null check (fill in ('solid', 'average')),
  -- Who is still recognisable; null: all of the source's. Once it is made its links say so.
  pupils uuid[],
  nobody_else boolean not null,
  asked_by uuid not null,
  asked_at timestamptz not null default now(),
  made_at timestamptz,
  failed text check (length(failed) between 1 and 100),
  foreign key (school_id, asked_by) references staff (school_id, id),
  check (made_at is null or failed is null),
  check ((made_at is null and failed is null) or pupils is null),
  check (case when failed is null then cardinality(boxes) between 4 and 400 and cardinality(boxes) % 4 = 0 else cardinality(boxes) = 0 end)
);
create index redactions_source on redactions (source_id);
create index redactions_making on redactions (photo_id) where made_at is null and failed is null;

create function refuse_loose_redaction() returns trigger language plpgsql as $$
begin
  if old.made_at is not null and not exists (select 1 from tombstones where photo_id = old.photo_id) then
    raise exception 'what a living photo was made from is not forgotten' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger redactions_tombstone_first before delete on redactions for each row execute function refuse_loose_redaction();
