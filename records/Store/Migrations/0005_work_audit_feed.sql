-- Work makes obligations fast; losing every row of it loses nothing, since sweeps find them again from the records.
create table work (
  id bigint generated always as identity primary key,
  school_id uuid not null references schools,
  kind text not null,
  subject uuid not null,
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  fence bigint not null default 0,
  lease_until timestamptz,
  locked_by text,
  last_error text check (length(last_error) <= 500),
  stuck_at timestamptz,
  created_at timestamptz not null default now(),
  unique (kind, subject)
);
create index work_due on work (due_at) where stuck_at is null;
create sequence fences;

create function tell_workers() returns trigger language plpgsql as $$
begin
  perform pg_notify('photoguard_work', '');
  return null;
end $$;
create trigger work_told after insert on work for each statement execute function tell_workers();

-- Audit: written in the operation's commit, without a position. The sealer gives positions and digests in commit order.
create table audit_entries (
  id bigint generated always as identity primary key,
  school_id uuid not null references schools,
  at timestamptz not null default now(),
  event text not null,
  actor_kind text not null check (actor_kind in ('person', 'program', 'system')),
  actor_id uuid,
  token_id uuid,
  device_id uuid,
  photo_id uuid,
  subject_kind text,
  subject_id text,
  details jsonb not null default '{}'
);
create index audit_entries_photo on audit_entries (photo_id) where photo_id is not null;
create trigger audit_entries_append_only before update or delete on audit_entries
  for each row execute function refuse_change();

create table audit_unsealed (
  entry_id bigint primary key references audit_entries,
  school_id uuid not null
);
create function queue_for_sealing() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (entry_id, school_id) values (new.id, new.school_id);
  return null;
end $$;
create trigger audit_entries_queued after insert on audit_entries for each row execute function queue_for_sealing();

create table audit_seals (
  school_id uuid not null references schools,
  position bigint not null check (position > 0),
  entry_id bigint not null unique references audit_entries,
  digest bytea not null check (length(digest) = 32),
  primary key (school_id, position)
);
create trigger audit_seals_append_only before update or delete on audit_seals
  for each row execute function refuse_change();

-- The change feed. An operation notes what may have changed; the sealer moves each photo to its latest position.
create table feed_changes (
  id bigint generated always as identity primary key,
  school_id uuid not null references schools,
  channel text not null,
  photo_id uuid not null,
  at timestamptz not null default now()
);
create index feed_changes_school on feed_changes (school_id);

create table feed_items (
  school_id uuid not null references schools,
  channel text not null,
  photo_id uuid not null,
  position bigint not null,
  changed_at timestamptz not null,
  primary key (school_id, channel, photo_id)
);
create unique index feed_items_position on feed_items (school_id, channel, position);

-- The head of the order. A new epoch makes every older cursor too old.
create table feed_heads (
  school_id uuid primary key references schools,
  epoch uuid not null,
  position bigint not null,
  forgotten_until bigint not null default 0
);

-- What a channel has been told once; it decides nothing but 410 or 404 and the feed itself.
create table feed_told (
  school_id uuid not null references schools,
  channel text not null,
  photo_id uuid not null,
  told_at timestamptz not null default now(),
  primary key (school_id, channel, photo_id)
);
create index feed_told_photo on feed_told (photo_id);

-- Answers to writes that carried an Idempotency-Key, kept 24 hours: which resource, never its content.
create table idempotency_answers (
  token_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  school_id uuid not null references schools,
  digest bytea not null check (length(digest) = 32),
  status int,
  resource_id text,
  photo_id uuid,
  created_at timestamptz not null default now(),
  lease_until timestamptz not null,
  primary key (token_id, key)
);
create index idempotency_answers_created on idempotency_answers (created_at);
