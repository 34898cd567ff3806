-- Keys of schools and photos, each wrapped by the one above it; nothing else lives in this database.

-- One constant wrapped by the root key, so that a wrong root key is noticed at the start and not at the first photo.
create table root_key_check (
  only_row boolean primary key default true check (only_row),
  wrapped bytea not null
);

create table school_keys (
  school_id uuid primary key,
  wrapped bytea not null check (length(wrapped) = 61),
  created_at timestamptz not null default now()
);

create table photo_keys (
  photo_id uuid primary key,
  school_id uuid not null references school_keys,
  wrapped bytea not null check (length(wrapped) = 61),
  created_at timestamptz not null default now()
);

-- The sweep of keys without a photo reads old keys first.
create index photo_keys_by_age on photo_keys (created_at, photo_id);
