-- Decoders lost with a picture by its own doing, how the last one was lost, and workers in a row that died while they had the work.
alter table work
  add column losses int not null default 0,
  add column loss text check (loss in ('died', 'memory', 'cpu', 'wall', 'answer', 'killed')),
  add column crashes int not null default 0,
  -- When what is set aside is tried again by itself; null for never.
  add column retry_at timestamptz;
update work set retry_at = stuck_at + interval '1 day' where attempts >= 12;
create index work_retry on work (retry_at) where retry_at is not null;

create index audit_entries_alarms on audit_entries (school_id, id) where event = 'decoder.lost';

-- What workers say of themselves every few seconds. They belong to no school: the machinery is everybody's.
create table workers (
  node text primary key,
  decoding text not null check (decoding in ('sandboxed', 'unsandboxed', 'off')),
  trouble text check (length(trouble) <= 500),
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
