-- Schools, their policy switches, the people and devices that act, and how they prove who they are.

create table schools (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 200),
  zone text not null,
  created_at timestamptz not null default now()
);

-- One row a school: the switches of policies.md. A profile is only a set of starting values.
create table policy_switches (
  school_id uuid primary key references schools,
  profile text not null
    check (profile in ('strict', 'workplacePreferred', 'centralStore', 'eventPhone', 'misConsent')),
  pupil_consent_age int not null check (pupil_consent_age between 10 and 18),
  given_in_writing boolean not null,
  leavers_internal_only boolean not null,
  rescue_days int not null check (rescue_days between 0 and 14),
  tag_correction_days int not null check (tag_correction_days between 0 and 14),
  untagged_reminder_days int not null check (untagged_reminder_days between 1 and 90),
  untagged_destroy_days int not null check (untagged_destroy_days between 1 and 90),
  retention_years int not null check (retention_years between 1 and 2),
  rejection_undo_seconds int not null check (rejection_undo_seconds between 0 and 86400),
  import_wait_hours int not null check (import_wait_hours between 0 and 168),
  brake_photos int not null check (brake_photos >= 0),
  brake_percent int not null check (brake_percent between 0 and 100),
  publishing_roles text[] not null,
  school_devices_only boolean not null
);

create table devices (
  id uuid primary key,
  school_id uuid not null references schools,
  name text not null check (length(name) between 1 and 100),
  model text,
  enrolled_at timestamptz not null default now(),
  revoked_at timestamptz,
  -- The one browser that is this device: people who sign in on it act on the device.
  browser_hash bytea unique check (length(browser_hash) = 32),
  unique (school_id, id),
  unique (school_id, name)
);

create table staff (
  id uuid primary key,
  school_id uuid not null references schools,
  name text not null check (length(name) between 1 and 200),
  roles text[] not null check (
    roles <@ array['teacher', 'screener', 'office', 'editor', 'safeguarding', 'head', 'ict']),
  classes text[] not null default '{}',
  sign_in_name text unique,
  password_hash text,
  failed_sign_ins int not null default 0,
  barred_until timestamptz,
  created_at timestamptz not null default now(),
  left_at timestamptz,
  unique (school_id, id)
);
create index staff_school on staff (school_id, name);

-- Bearer tokens for people, programs and devices: only the SHA-256 is kept.
create table access_tokens (
  id uuid primary key,
  school_id uuid not null references schools,
  hash bytea not null unique check (length(hash) = 32),
  staff_id uuid not null,
  role text not null,
  device_id uuid,
  channel text,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, device_id) references devices (school_id, id)
);

create table sign_in_links (
  hash bytea primary key check (length(hash) = 32),
  school_id uuid references schools,
  staff_id uuid,
  device_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, device_id) references devices (school_id, id),
  -- A link without a school is the first one of all: it makes the first school and its ict person.
  check ((school_id is null) = (staff_id is null))
);

create table sessions (
  hash bytea primary key check (length(hash) = 32),
  school_id uuid not null references schools,
  staff_id uuid not null,
  device_id uuid,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, device_id) references devices (school_id, id)
);
create index sessions_staff on sessions (staff_id);
