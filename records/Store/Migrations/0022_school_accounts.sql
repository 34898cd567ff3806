-- School accounts (OpenID Connect) that belong to a person: by issuer and subject, never by an e-mail address (docs/decisions/0026).
create table staff_identities (
  issuer text not null check (length(issuer) between 1 and 500),
  -- `sub`; for Microsoft `oid`, whose issuer names the tenant.
  subject text not null check (length(subject) between 1 and 255),
  school_id uuid not null references schools,
  staff_id uuid not null,
  -- As the button calls it.
  provider text not null,
  linked_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (issuer, subject),
  foreign key (school_id, staff_id) references staff (school_id, id)
);
create index staff_identities_staff on staff_identities (staff_id);
