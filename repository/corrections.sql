-- new_correction --
insert into correction (decision, aip) values (%(decision)s, %(aip)s) on conflict (decision) do nothing;

-- corrections_waiting --
-- What was corrected in an AIP and is in none of its versions yet, in the order in which it was decided.
select d.record from correction c join decision d on d.id = c.decision
where c.aip = %(aip)s and not c.applied order by c.sequence;

-- corrections_due --
-- AIPs whose corrections may become a version now.
select distinct c.aip from correction c join aip a on a.id = c.aip
where not c.applied and not exists (
    select from aip_version v where v.aip = c.aip and v.version <> 'v1'
    and (v.stored_at at time zone 'Asia/Ho_Chi_Minh')::date = (now() at time zone 'Asia/Ho_Chi_Minh')::date)
order by c.aip;

-- version_of_today --
-- The version that an AIP got today, if it got one; its first is none.
select v.version from aip_version v where v.aip = %(aip)s and v.version <> 'v1'
and (v.stored_at at time zone 'Asia/Ho_Chi_Minh')::date = (now() at time zone 'Asia/Ho_Chi_Minh')::date
order by length(v.version) desc, v.version desc limit 1;

-- corrections_applied --
update correction set applied = true where aip = %(aip)s and decision = any(%(decisions)s) and not applied;

-- corrected_since_delivered --
-- Whether a person has corrected the description since the AIP was last delivered.
select exists (
    select from correction c join decision d on d.id = c.decision
    where c.aip = %(aip)s and d.decided_at > coalesce(
        (select max(p.finished_at) from package p where p.aip = c.aip and p.status = 'stored'), '-infinity'));

-- aip_is_coming_in --
-- Whether a package on its way in is to become a version of the AIP.
select exists (select from package where aip = %(aip)s and next_step is not null);

-- aip_is_closed --
-- Whether the AIP is being destroyed, or a secret was reported in it: a new version would open it again.
select exists (select from spill where aip = %(aip)s and status <> 'purged')
    or exists (select from disposal_line where aip = %(aip)s and state in ('destroying', 'destroyed'));

-- lock_aip --
-- Held for the session: one process at a time makes a version out of what was corrected.
select pg_advisory_lock(hashtextextended(%(aip)s, 50));

-- unlock_aip --
select pg_advisory_unlock(hashtextextended(%(aip)s, 50));

-- released_as_version --
-- Whether whoever let a package out of quarantine decided that it is a later version of what is held.
select coalesce((select (detail ->> 'as_version')::boolean from event
                 where package = %(package)s and step = 'release' order by sequence desc limit 1), false);

-- dump_correction --
select a.key as aip_key, c.aip, c.decision, c.applied from correction c left join aip a on a.id = c.aip
order by a.key collate "C", c.sequence;

-- rebuild_corrections --
-- A correction is in a version where the package tells its event.
update correction c set applied = true from new_event n
where n.sequence is null and n.id = c.decision and n.aip = c.aip;
