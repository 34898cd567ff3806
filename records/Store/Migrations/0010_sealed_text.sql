-- What people write about one pupil, one photo or one disclosure is sealed under that one's own key (docs/decisions/0015): PostgreSQL keeps
-- deleted rows readable in its files. What stands in clear here is sealed by ClearText before the next step drops it.

alter table pupils rename column given_name to clear_given_name;
alter table pupils rename column family_name to clear_family_name;
alter table pupils rename column date_of_birth to clear_date_of_birth;
alter table pupils add column identity bytea,
  alter column clear_given_name drop not null, alter column clear_family_name drop not null, alter column clear_date_of_birth drop not null;

alter table guardians rename column name to clear_name;
alter table guardians rename column email to clear_email;
alter table guardians add column name bytea, add column email bytea, alter column clear_name drop not null;

alter table consent_answers rename column by_name to clear_by_name;
alter table consent_answers add column by_name bytea, alter column clear_by_name drop not null;

alter table consent_invalidations rename column reason to clear_reason;
alter table consent_invalidations add column reason bytea, alter column clear_reason drop not null;

alter table safeguarding_blocks rename column reason to clear_reason;
alter table safeguarding_blocks add column reason bytea, alter column clear_reason drop not null;

alter table photos rename column alt to clear_alt;
alter table photos add column alt bytea;

alter table screening_decisions rename column reason to clear_reason;
alter table screening_decisions add column reason bytea;

alter table concerns rename column note to clear_note;
alter table concerns add column note bytea;

alter table holds rename column reason to clear_reason;
alter table holds add column reason bytea, alter column clear_reason drop not null;

-- Where a child was in the picture.
alter table redactions rename column boxes to clear_boxes;
alter table redactions add column boxes bytea, alter column clear_boxes drop not null;

-- Where somebody takes the bytes, the kind says all there is to say.
alter table publications rename column place to clear_place;
alter table publications rename column url to clear_url;
alter table publications add column place bytea, add column url bytea, alter column clear_place drop not null;

alter table removals rename column proof to clear_proof;
alter table removals add column proof bytea;
