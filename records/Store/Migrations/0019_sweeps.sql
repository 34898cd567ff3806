-- What the last look over the whole store and all keys found: what belongs to nobody, and whether that was so much that it was left alone.
create table sweeps (
  one boolean primary key default true check (one),
  at timestamptz not null,
  objects int not null,
  keys int not null,
  missing int not null,
  strange int not null,
  stopped boolean not null
);
