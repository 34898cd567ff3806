-- How far each node has told each school's chain to the ledger, which lies outside the database (decisions/0019).
create table ledger_marks (
  school_id uuid not null references schools,
  node text not null check (length(node) between 1 and 100),
  position bigint not null check (position > 0),
  primary key (school_id, node)
);

-- Positions that the ledger vouches for and a restored database no longer has: the chain goes on behind them, from the ledger's digest.
create table audit_bridges (
  school_id uuid not null references schools,
  after_position bigint not null check (after_position >= 0),
  position bigint not null check (position > after_position),
  digest bytea not null check (length(digest) = 32),
  restore_id uuid not null,
  built_at timestamptz not null default now(),
  primary key (school_id, position)
);
create trigger audit_bridges_append_only before update or delete on audit_bridges
  for each row execute function refuse_change();

-- Records that are older than what happened since. While one is open, nothing is served.
create table restores (
  id uuid primary key,
  why text not null check (why in ('backup', 'olderThanLedger', 'contradictsLedger', 'ledgerLost')),
  state text not null check (state in ('replaying', 'awaitingApproval', 'done')),
  backup_at timestamptz,
  started_at timestamptz not null default now(),
  first_approval_by uuid references staff (id),
  first_approval_at timestamptz,
  second_approval_by uuid references staff (id),
  second_approval_at timestamptz,
  ended_at timestamptz,
  check (second_approval_by is null or (first_approval_by is not null and second_approval_by <> first_approval_by)),
  check ((state = 'done') = (ended_at is not null))
);
create unique index restores_open on restores ((true)) where state <> 'done';

-- Its key was destroyed after the backup that a restore without ledger came from.
alter table removals drop constraint removals_cause_check;
alter table removals add constraint removals_cause_check check (cause in (
  'internalNo', 'erasure', 'rejected', 'withdrawnByUploader', 'tagTimeout', 'untaggedTimeout', 'retention', 'channelNotCleared', 'keyGone'));
