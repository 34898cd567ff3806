-- Devices: who answers for one, when it was last used, how a browser becomes one, and what was begun on one and may go on.
alter table devices
  add column owner text check (length(owner) between 1 and 200),
  add column seen_at timestamptz,
  -- Since when its present browser is the device.
  add column browser_at timestamptz;

-- Minutes after which a person's session on a school's device ends by itself.
alter table policy_switches add column device_idle_minutes int not null default 5 check (device_idle_minutes between 1 and 60);

-- A way for a browser to become a device: a one-time address and a short code, of which one can be used, once.
create table device_enrolments (
  id uuid primary key,
  school_id uuid not null references schools,
  device_id uuid not null,
  address_hash bytea not null unique check (length(address_hash) = 32),
  code_hash bytea not null check (length(code_hash) = 32),
  offered_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (school_id, device_id) references devices (school_id, id),
  foreign key (school_id, offered_by) references staff (school_id, id)
);
create unique index device_enrolments_code on device_enrolments (code_hash) where used_at is null;
create index device_enrolments_device on device_enrolments (device_id);

-- How many codes were tried in a quarter of an hour, right or wrong, by whoever it was.
create table enrolment_tries (
  quarter timestamptz primary key,
  tries int not null
);

-- What a person began to send on a device may go on for a day, with the device's credential and nothing else.
create table upload_grants (
  id uuid primary key,
  school_id uuid not null references schools,
  device_id uuid not null,
  staff_id uuid not null,
  activity_id uuid not null,
  created_at timestamptz not null default now(),
  until timestamptz not null,
  ended_at timestamptz,
  foreign key (school_id, device_id) references devices (school_id, id),
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, activity_id) references activities (school_id, id)
);
create unique index upload_grants_open on upload_grants (device_id, staff_id, activity_id) where ended_at is null;
