-- The database's clock, noted by every worker every few seconds: what time it is if nobody moved the clock (docs/decisions/0017).
create table clock (
  one boolean primary key default true check (one),
  -- Follows the database's clock, but never a jump of it, and never back.
  trusted_at timestamptz not null,
  -- What the database's clock said at the last note, and how long the machine that noted it had been up.
  noted_at timestamptz not null,
  noted_by text not null,
  boot text not null,
  boot_seconds double precision not null,
  -- How often people have confirmed the clock: what a process remembers of the time before is void.
  confirmed int not null default 0
);

-- The clock was moved by more than an hour. Until two people of a school have confirmed it, nothing of theirs is destroyed by date.
create table clock_jumps (
  id bigint generated always as identity primary key,
  noticed_by text not null,
  -- What time it should have been, and what the database's clock said.
  from_at timestamptz not null,
  to_at timestamptz not null,
  ended_at timestamptz,
  ending text check (ending in ('mended', 'replaced', 'confirmed')),
  check ((ended_at is null) = (ending is null))
);
create unique index clock_jumps_open on clock_jumps ((true)) where ended_at is null;

-- Now, for what is shown: what was over stays over when the clock goes back.
create function steady_now() returns timestamptz language sql stable as $$
  select greatest(now(), (select trusted_at from clock))
$$;

-- The database ran on and its clock moved, and nobody has noted it yet; a worker does so within seconds of its start.
create function clock_unnoted() returns boolean language sql stable as $$
  select exists (
    select from clock
    where noted_at > now() + interval '1 hour'
      or (noted_at < now() - interval '1 hour' and pg_postmaster_start_time() <= noted_at))
$$;

-- Why the brake stopped a run; and the jump of the clock that its two people confirm.
alter table purges
  add column stopped_by text check (stopped_by in ('count', 'clock')),
  add column clock_jump_id bigint references clock_jumps;
update purges set stopped_by = 'count' where state = 'stopped' or first_approval_by is not null;
alter table purges
  add check (state <> 'stopped' or stopped_by is not null),
  add check ((clock_jump_id is not null) = (stopped_by is not distinct from 'clock'));
create index purges_clock_jump on purges (clock_jump_id) where clock_jump_id is not null;

-- A night without a run is told once.
create index audit_entries_missed on audit_entries (school_id, id) where event = 'purge.missed';

-- Whether every object was looked for in vain, or the store keeps deleted ones that the destroyed key makes unreadable.
alter table certificates add column erasure text not null default 'objects' check (erasure in ('objects', 'keyOnly'));

-- A sealed copy of what is held, for the police: two different people agree to it, and it is taken once.
create table police_exports (
  id uuid primary key,
  school_id uuid not null,
  photo_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null default now(),
  approved_by uuid,
  approved_at timestamptz,
  -- The key that the passphrase gives, wrapped by the photo's own key until the file is taken.
  salt bytea check (length(salt) = 16),
  wrapped bytea,
  taken_by uuid,
  taken_at timestamptz,
  foreign key (school_id, photo_id) references photos (school_id, id) on delete cascade,
  foreign key (school_id, asked_by) references staff (school_id, id),
  check ((approved_by is null) = (approved_at is null)),
  check (approved_by is null or approved_by <> asked_by),
  check ((taken_by is null) = (taken_at is null)),
  check ((wrapped is not null) = (approved_by is not null and taken_by is null))
);
create unique index police_exports_open on police_exports (photo_id) where approved_by is null;

-- The day for which somebody was told that a hold is to be looked at again.
alter table holds add column review_told_on date;
