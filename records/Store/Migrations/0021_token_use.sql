-- When a token was last used, to the minute: one that nobody uses is one to take away.
alter table access_tokens add column used_at timestamptz;
create index access_tokens_school on access_tokens (school_id, id);
