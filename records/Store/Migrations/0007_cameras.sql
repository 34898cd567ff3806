-- P5: what becomes of a picture that another camera took than the school's device that sends it.
alter table policy_switches add column other_cameras text not null default 'refuse' check (other_cameras in ('refuse', 'flag', 'attest'));
update policy_switches set other_cameras = case profile when 'workplacePreferred' then 'flag' when 'eventPhone' then 'attest' else 'refuse' end;
alter table policy_switches alter column other_cameras drop default;
