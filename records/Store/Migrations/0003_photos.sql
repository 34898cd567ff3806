-- Activities, photos, and everything that hangs on a photo.
-- Rows of a photo that must not change may still go with it: once its tombstone stands, they can be deleted.

create table tombstones (
  photo_id uuid primary key,
  school_id uuid not null references schools,
  cause text not null,
  order_id uuid not null,
  at timestamptz not null default now()
);
create index tombstones_school on tombstones (school_id, at);
create trigger tombstones_append_only before update or delete on tombstones
  for each row execute function refuse_change();

create function refuse_change_while_photo_lives() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (select 1 from tombstones where photo_id = old.photo_id) then
    return old;
  end if;
  raise exception '% is append-only while its photo lives', tg_table_name
    using errcode = 'integrity_constraint_violation';
end $$;

create table activities (
  id uuid primary key,
  school_id uuid not null references schools,
  title text not null check (length(title) between 1 and 200),
  purpose text not null check (length(purpose) between 1 and 1000),
  held_on date not null,
  held_until date,
  channels text[] not null check (
    channels <@ array['internal', 'display', 'newsletter', 'website', 'social', 'press'] and 'internal' = any (channels)),
  afterwards text not null check (length(afterwards) between 1 and 1000),
  keep_until date,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  foreign key (school_id, created_by) references staff (school_id, id),
  check (held_until is null or held_until >= held_on),
  check (keep_until is null or keep_until >= held_on),
  unique (school_id, id),
  unique (id, created_by)
);

-- P2: leadership decides, never the person who asked. created_by is repeated so that SQL can hold the two apart.
create table activity_decisions (
  id uuid primary key,
  school_id uuid not null,
  activity_id uuid not null,
  created_by uuid not null,
  decision text not null check (decision in ('approved', 'declined')),
  note text,
  decided_by uuid not null,
  decided_at timestamptz not null default now(),
  foreign key (school_id, activity_id) references activities (school_id, id),
  foreign key (activity_id, created_by) references activities (id, created_by),
  foreign key (school_id, decided_by) references staff (school_id, id),
  check (decided_by <> created_by)
);
create index activity_decisions_activity on activity_decisions (activity_id, decided_at);
create trigger activity_decisions_append_only before update or delete on activity_decisions
  for each row execute function refuse_change();

create table photos (
  id uuid primary key,
  school_id uuid not null references schools,
  activity_id uuid not null,
  uploaded_by uuid not null,
  device_id uuid,
  kind text not null check (kind in ('jpeg', 'png', 'webp', 'heic')),
  width int not null check (width > 0),
  height int not null check (height > 0),
  bytes bigint not null check (bytes > 0),
  taken_at timestamptz not null,
  taken_from text not null check (taken_from in ('picture', 'received')),
  received_at timestamptz not null default now(),
  delete_after timestamptz not null,
  camera_make text,
  camera_model text,
  removed text[] not null default '{}',
  flags text[] not null default '{}',
  alt text check (length(alt) <= 500),
  nobody_else boolean not null default false,
  -- When the last pupil was taken out of it, so that the time to say who is in it begins anew.
  untagged_at timestamptz,
  foreign key (school_id, activity_id) references activities (school_id, id),
  foreign key (school_id, uploaded_by) references staff (school_id, id),
  foreign key (school_id, device_id) references devices (school_id, id),
  unique (school_id, id),
  unique (id, uploaded_by)
);
create index photos_activity on photos (activity_id, id);
create index photos_due on photos (school_id, delete_after);
create index photos_school on photos (school_id, id);
create index photos_received on photos (received_at);

create function refuse_living_photo() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from tombstones where photo_id = old.id) then
    raise exception 'a photo without tombstone is not deleted' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger photos_tombstone_first before delete on photos for each row execute function refuse_living_photo();

create table photo_pupils (
  photo_id uuid not null,
  pupil_id uuid not null,
  school_id uuid not null,
  tagged_by uuid not null,
  tagged_at timestamptz not null default now(),
  primary key (photo_id, pupil_id),
  foreign key (school_id, photo_id) references photos (school_id, id),
  foreign key (school_id, pupil_id) references pupils (school_id, id),
  foreign key (school_id, tagged_by) references staff (school_id, id)
);
create index photo_pupils_pupil on photo_pupils (pupil_id);

-- P8: nobody screens a picture of their own. `pending` is written when a link changes after screening.
create table screening_decisions (
  id uuid primary key,
  school_id uuid not null,
  photo_id uuid not null,
  uploaded_by uuid not null,
  decision text not null check (decision in ('pending', 'accepted', 'rejected')),
  reason text check (length(reason) <= 500),
  decided_by uuid not null,
  decided_at timestamptz not null default now(),
  foreign key (school_id, photo_id) references photos (school_id, id),
  foreign key (photo_id, uploaded_by) references photos (id, uploaded_by),
  foreign key (school_id, decided_by) references staff (school_id, id),
  check (decision = 'pending' or decided_by <> uploaded_by)
);
create index screening_decisions_photo on screening_decisions (photo_id, decided_at);
create trigger screening_decisions_append_only before update or delete on screening_decisions
  for each row execute function refuse_change_while_photo_lives();

create table concerns (
  id uuid primary key,
  school_id uuid not null,
  photo_id uuid not null,
  kind text not null check (kind in ('distressing', 'inappropriate', 'indecent', 'other')),
  note text check (length(note) <= 1000),
  raised_by uuid not null,
  raised_at timestamptz not null default now(),
  foreign key (school_id, photo_id) references photos (school_id, id),
  foreign key (school_id, raised_by) references staff (school_id, id)
);
create index concerns_photo on concerns (photo_id);
create trigger concerns_append_only before update or delete on concerns
  for each row execute function refuse_change_while_photo_lives();

-- A hold beats every deletion. Two different people release it; SQL holds them apart.
create table holds (
  id uuid primary key,
  school_id uuid not null,
  photo_id uuid not null,
  concern_id uuid references concerns,
  reason text not null check (length(reason) between 1 and 1000),
  review_on date not null,
  placed_by uuid not null,
  placed_at timestamptz not null default now(),
  release_asked_by uuid,
  release_asked_at timestamptz,
  released_by uuid,
  released_at timestamptz,
  foreign key (school_id, photo_id) references photos (school_id, id),
  foreign key (school_id, placed_by) references staff (school_id, id),
  check ((release_asked_by is null) = (release_asked_at is null)),
  check ((released_by is null) = (released_at is null)),
  check (released_by is null or (release_asked_by is not null and released_by <> release_asked_by))
);
create index holds_photo on holds (photo_id);

-- Every object is registered here before it is written. An object without a row is garbage by definition.
create table objects (
  name text primary key check (length(name) <= 200),
  school_id uuid not null references schools,
  photo_id uuid not null,
  kind text not null check (kind in ('original', 'thumb', 'web', 'print')),
  generation bigint not null,
  format text not null,
  width int not null,
  height int not null,
  bytes bigint not null,
  sha256 bytea,
  registered_at timestamptz not null default now(),
  -- The writer gives up at this instant; after it an unfinished object may be swept.
  write_before timestamptz not null,
  stored_at timestamptz
);
create index objects_photo on objects (photo_id);
create index objects_unfinished on objects (write_before) where stored_at is null;
-- One finished object of each kind for a photo.
create unique index objects_finished on objects (photo_id, kind) where stored_at is not null;
create sequence generations;

-- A keyed digest of the coded picture, to know one again. Forgotten a year after the picture's destruction.
create table picture_digests (
  school_id uuid not null references schools,
  digest bytea not null check (length(digest) = 32),
  photo_id uuid not null,
  destroyed_at timestamptz,
  primary key (school_id, digest)
);
create index picture_digests_photo on picture_digests (photo_id);
create index picture_digests_destroyed on picture_digests (destroyed_at) where destroyed_at is not null;
