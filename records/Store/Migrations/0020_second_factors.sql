-- A second factor beside the password, passkeys, and what guessing costs (docs/decisions/0029).

alter table staff
  -- RFC 6238's shared secret, sealed under the school's digest key: of no use to whoever has this database alone.
  add column totp_secret bytea,
  -- The last step whose code was taken: a code is good once.
  add column totp_step bigint not null default 0,
  -- A name is not barred any more, which kept its own person out: see sign_in_tries.
  drop column failed_sign_ins,
  drop column barred_until;

-- WebAuthn Level 3, section 4: a public key credential source, as far as a relying party knows it.
create table passkeys (
  credential_id bytea primary key check (length(credential_id) between 16 and 1023),
  school_id uuid not null references schools,
  staff_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  user_verified boolean not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  attestation_object bytea not null,
  client_data bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  foreign key (school_id, staff_id) references staff (school_id, id)
);
create index passkeys_staff on passkeys (staff_id);

-- For the day the telephone is lost: each is good once.
create table recovery_codes (
  hash bytea primary key check (length(hash) = 32),
  school_id uuid not null references schools,
  staff_id uuid not null,
  foreign key (school_id, staff_id) references staff (school_id, id)
);
create index recovery_codes_staff on recovery_codes (staff_id);

-- Between two requests of one sign-in: what was asked of this browser. Any node can go on with it, once.
create table sign_in_steps (
  hash bytea primary key check (length(hash) = 32),
  kind text not null check (kind in ('code', 'passkey', 'newPasskey', 'newCodes')),
  school_id uuid references schools,
  staff_id uuid,
  device_id uuid,
  how text,
  state text,
  tries int not null default 0,
  expires_at timestamptz not null,
  foreign key (school_id, staff_id) references staff (school_id, id),
  foreign key (school_id, device_id) references devices (school_id, id),
  check ((school_id is null) = (staff_id is null))
);

alter table sessions
  add column how text not null default 'link' check (how in ('link', 'password', 'passkey', 'schoolAccount')),
  -- A second factor was shown, or the one way was as good as two.
  add column second_factor boolean not null default false,
  -- When the person last proved who they are.
  add column proved_at timestamptz not null default now();
alter table sessions alter column how drop default, alter column second_factor drop default;

-- Browsers on which somebody has signed in before: whoever guesses elsewhere does not keep that person out here.
create table known_browsers (
  hash bytea not null check (length(hash) = 32),
  school_id uuid not null references schools,
  staff_id uuid not null,
  seen_at timestamptz not null default now(),
  primary key (staff_id, hash),
  foreign key (school_id, staff_id) references staff (school_id, id)
);

-- Networks from which somebody of the school has signed in: the school's own, most of all. The digest is keyed by the school.
create table known_networks (
  school_id uuid not null references schools,
  digest bytea not null check (length(digest) = 32),
  seen_at timestamptz not null default now(),
  primary key (school_id, digest)
);

-- How often a name was tried from where, in the quarter of an hour that began at `since`. The key is a digest: no name, no address.
create table sign_in_tries (
  key bytea primary key check (length(key) = 32),
  tries int not null,
  since timestamptz not null
);
create index sign_in_tries_since on sign_in_tries (since);
