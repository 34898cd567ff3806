-- A withdrawal asks, for every picture of a child, which copies are known and which of them are down already.
create index removals_photo on removals (photo_id);
create index removals_publication on removals (publication_id) where publication_id is not null;
-- Asked four times a second by every worker.
create index purges_running on purges (id) where state = 'running';
