-- Where pictures went, what has to disappear from where, and the proof that it did.

-- A disclosure (P17): outlives the photo, holds no personal data of pupils.
create table publications (
  id uuid primary key,
  school_id uuid not null references schools,
  photo_id uuid not null,
  channel text not null check (channel in ('internal', 'display', 'newsletter', 'website', 'social', 'press')),
  kind text not null check (kind in ('manual', 'download', 'pull')),
  place text not null check (length(place) between 1 and 300),
  url text check (length(url) <= 2000),
  taker_id uuid not null,
  published_by uuid not null,
  published_at timestamptz not null default now(),
  foreign key (school_id, published_by) references staff (school_id, id),
  unique (school_id, id)
);
create index publications_photo on publications (photo_id, channel);
create unique index publications_first_delivery on publications (photo_id, channel, taker_id) where kind <> 'manual';

-- One row a place where a copy is known: `store` is our own, `publication` is outside.
create table removals (
  id uuid primary key,
  school_id uuid not null references schools,
  photo_id uuid not null,
  place text not null check (place in ('store', 'publication')),
  publication_id uuid,
  channel text,
  cause text not null check (cause in (
    'internalNo', 'erasure', 'rejected', 'withdrawnByUploader', 'tagTimeout', 'untaggedTimeout', 'retention', 'channelNotCleared')),
  purge_id uuid,
  opened_at timestamptz not null default now(),
  opened_by uuid,
  not_before timestamptz not null,
  cancelled_at timestamptz,
  tombstoned_at timestamptz,
  key_destroyed_at timestamptz,
  looked_at timestamptz,
  done_at timestamptz,
  done_by uuid,
  proof text check (length(proof) <= 1000),
  attempts int not null default 0,
  last_error text check (length(last_error) <= 500),
  foreign key (school_id, publication_id) references publications (school_id, id),
  check ((place = 'publication') = (publication_id is not null)),
  check (cancelled_at is null or tombstoned_at is null),
  check (place <> 'store' or done_at is null or (tombstoned_at is not null and key_destroyed_at is not null and looked_at is not null)),
  unique (school_id, id)
);
create unique index removals_of_store on removals (photo_id) where place = 'store' and cancelled_at is null;
create unique index removals_of_publication on removals (publication_id) where place = 'publication' and done_at is null and cancelled_at is null;
create index removals_open on removals (school_id, opened_at) where done_at is null and cancelled_at is null;
create index removals_purge on removals (purge_id) where purge_id is not null;

create table certificates (
  photo_id uuid primary key,
  school_id uuid not null references schools,
  cause text not null,
  opened_at timestamptz not null,
  tombstoned_at timestamptz not null,
  key_destroyed_at timestamptz not null,
  objects_deleted int not null,
  looked_at timestamptz not null,
  store text not null,
  issued_at timestamptz not null default now()
);
create trigger certificates_append_only before update or delete on certificates
  for each row execute function refuse_change();

-- A night is purged once for each school, on whichever node. `stopped` is the brake.
create table purges (
  id uuid primary key,
  school_id uuid not null references schools,
  night date,
  dry_run boolean not null,
  state text not null check (state in ('running', 'stopped', 'done', 'failed')),
  due int not null default 0,
  destroyed int not null default 0,
  held int not null default 0,
  failed int not null default 0,
  started_at timestamptz not null default now(),
  started_by uuid,
  ended_at timestamptz,
  first_approval_by uuid,
  first_approval_at timestamptz,
  second_approval_by uuid,
  second_approval_at timestamptz,
  check (second_approval_by is null or (first_approval_by is not null and second_approval_by <> first_approval_by))
);
create unique index purges_night on purges (school_id, night) where night is not null;
create index purges_school on purges (school_id, started_at);
