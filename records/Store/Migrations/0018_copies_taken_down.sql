-- Whether a copy was taken down since it was given out is asked at every withdrawal, of every copy; what was let off in between is not looked through.
create index removals_taken_down on removals (publication_id) where publication_id is not null and done_at is not null;
