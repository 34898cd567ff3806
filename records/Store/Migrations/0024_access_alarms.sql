-- Browsing is noticed: who looks at unusually many, at unusual hours, or again and again at what is not theirs (docs/decisions/0028).
create table access_alarms (
  id uuid primary key,
  school_id uuid not null references schools,
  staff_id uuid not null,
  kind text not null check (kind in ('numbers', 'hours', 'refused')),
  looks int not null check (looks > 0),
  began_at timestamptz not null,
  ended_at timestamptz not null check (ended_at >= began_at),
  raised_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  note bytea,
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, acknowledged_by) references staff (school_id, id),
  check ((acknowledged_at is null) = (acknowledged_by is null) and (acknowledged_at is null) = (note is null)),
  -- Nobody says of their own looking that it was all right.
  check (acknowledged_by <> staff_id)
);
create index access_alarms_school on access_alarms (school_id, id);
create index access_alarms_person on access_alarms (staff_id, kind, ended_at);

-- How far the access log has been watched, so that a worker that stood still misses nothing.
create table access_watches (
  school_id uuid primary key references schools,
  watched_until timestamptz not null
);

-- Openings that were refused because the picture is not for that person: a number for each minute, never which.
create table refused_looks (
  staff_id uuid not null,
  minute timestamptz not null,
  school_id uuid not null,
  count int not null default 1 check (count > 0),
  primary key (staff_id, minute),
  foreign key (school_id, staff_id) references staff (school_id, id)
);
create index refused_looks_school on refused_looks (school_id, minute);

-- Who looked at this pupil; that of photos is there already.
create index audit_entries_pupil_opened on audit_entries (subject_id, id) where event = 'pupil.opened';
