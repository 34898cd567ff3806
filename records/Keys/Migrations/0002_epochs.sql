-- PostgreSQL keeps deleted rows readable in its files for a while. So the keys that wrap photos' keys have epochs: at the end of one
-- the living keys are wrapped anew, and the secret of the old one, which is in a file beside the root key and never in here, is
-- overwritten. What is left of a destroyed key's row then opens with nothing.
create table current_epoch (
  only_row boolean primary key default true check (only_row),
  epoch int not null check (epoch >= 0),
  began_at timestamptz not null default now(),
  -- destroyed_keys when it began.
  destroyed_before bigint not null
);

-- Counts without a lock, and beyond what is rolled back: it only decides when an epoch has lasted long enough.
create sequence destroyed_keys minvalue 0 start 0;
insert into current_epoch (epoch, destroyed_before) values (0, nextval('destroyed_keys'));

alter table photo_keys drop constraint photo_keys_school_id_fkey;
alter table school_keys drop constraint school_keys_pkey;
alter table school_keys add column epoch int not null default 0;
alter table school_keys alter column epoch drop default;
alter table school_keys add primary key (school_id, epoch);
alter table photo_keys add column epoch int not null default 0;
alter table photo_keys alter column epoch drop default;
-- A school's key of an epoch goes only once nothing is wrapped by it any more, whoever else writes meanwhile.
alter table photo_keys add constraint photo_keys_epoch foreign key (school_id, epoch) references school_keys;
create index photo_keys_by_epoch on photo_keys (school_id, epoch);

-- The key of the digests by which a school recognises pictures lasts, unlike what wraps it.
create table digest_keys (
  school_id uuid primary key,
  epoch int not null,
  wrapped bytea not null check (length(wrapped) = 61),
  constraint digest_keys_epoch foreign key (school_id, epoch) references school_keys
);
