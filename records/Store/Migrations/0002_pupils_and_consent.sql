-- Pupils, guardians, and what they answered. An answer is never edited: it is invalidated by a row of its own.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

create table pupils (
  id uuid primary key,
  school_id uuid not null references schools,
  mis_id text not null check (length(mis_id) between 1 and 64),
  given_name text not null check (length(given_name) between 1 and 100),
  family_name text not null check (length(family_name) between 1 and 100),
  date_of_birth date not null,
  class_name text not null check (length(class_name) between 1 and 50),
  left_on date,
  created_at timestamptz not null default now(),
  unique (school_id, id),
  unique (school_id, mis_id)
);
create index pupils_class on pupils (school_id, class_name);

create table guardians (
  id uuid primary key,
  school_id uuid not null,
  pupil_id uuid not null,
  guardian_id text not null check (length(guardian_id) between 1 and 64),
  name text not null check (length(name) between 1 and 200),
  email text,
  responsibility boolean not null,
  foreign key (school_id, pupil_id) references pupils (school_id, id),
  unique (pupil_id, guardian_id)
);

create table consent_answers (
  id uuid primary key,
  school_id uuid not null,
  pupil_id uuid not null,
  channel text not null check (channel in ('internal', 'display', 'newsletter', 'website', 'social', 'press')),
  answer text not null check (answer in ('given', 'refused', 'withdrawn', 'objected')),
  by_kind text not null check (by_kind in ('guardian', 'pupil')),
  by_name text not null check (length(by_name) between 1 and 200),
  guardian_id text,
  route text not null check (route in ('paper', 'online', 'email', 'phone', 'mis')),
  notice_version text not null check (length(notice_version) between 1 and 100),
  answered_at timestamptz not null,
  expires_on date,
  recorded_at timestamptz not null default now(),
  recorded_by uuid not null,
  foreign key (school_id, pupil_id) references pupils (school_id, id),
  foreign key (school_id, recorded_by) references staff (school_id, id),
  check (answered_at <= recorded_at),
  check (guardian_id is null or by_kind = 'guardian'),
  unique (school_id, id)
);
create index consent_answers_pupil on consent_answers (pupil_id, channel);
create index consent_answers_expiry on consent_answers (school_id, expires_on) where expires_on is not null;
create trigger consent_answers_append_only before update or delete on consent_answers
  for each row execute function refuse_change();

create table consent_invalidations (
  answer_id uuid primary key,
  school_id uuid not null,
  reason text not null check (length(reason) between 1 and 500),
  invalidated_at timestamptz not null default now(),
  invalidated_by uuid not null,
  foreign key (school_id, answer_id) references consent_answers (school_id, id),
  foreign key (school_id, invalidated_by) references staff (school_id, id)
);
create trigger consent_invalidations_append_only before update or delete on consent_invalidations
  for each row execute function refuse_change();

create table safeguarding_blocks (
  id uuid primary key,
  school_id uuid not null,
  pupil_id uuid not null,
  reason text not null check (length(reason) between 1 and 1000),
  placed_at timestamptz not null default now(),
  placed_by uuid not null,
  lifted_at timestamptz,
  lifted_by uuid,
  foreign key (school_id, pupil_id) references pupils (school_id, id),
  foreign key (school_id, placed_by) references staff (school_id, id),
  foreign key (school_id, lifted_by) references staff (school_id, id),
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index safeguarding_blocks_standing on safeguarding_blocks (pupil_id) where lifted_at is null;

-- Until when each school's dates (expiry, leaving, birthdays, deleteAfter) have been told to the change feed.
create table date_turns (
  school_id uuid primary key references schools,
  told_until timestamptz not null
);
