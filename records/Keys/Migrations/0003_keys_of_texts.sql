-- Text about a pupil is sealed under a key of that pupil, where a picture was put under a key of that disclosure, which outlives the photo
-- (docs/decisions/0015). Text about a photo is sealed under the photo's own key.
create table pupil_keys (
  pupil_id uuid primary key,
  school_id uuid not null,
  epoch int not null,
  wrapped bytea not null check (length(wrapped) = 61),
  created_at timestamptz not null default now(),
  constraint pupil_keys_epoch foreign key (school_id, epoch) references school_keys
);
create index pupil_keys_by_age on pupil_keys (created_at, pupil_id);
create index pupil_keys_by_epoch on pupil_keys (school_id, epoch);

create table publication_keys (
  publication_id uuid primary key,
  school_id uuid not null,
  epoch int not null,
  wrapped bytea not null check (length(wrapped) = 61),
  created_at timestamptz not null default now(),
  constraint publication_keys_epoch foreign key (school_id, epoch) references school_keys
);
create index publication_keys_by_age on publication_keys (created_at, publication_id);
create index publication_keys_by_epoch on publication_keys (school_id, epoch);
