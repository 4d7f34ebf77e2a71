-- audit_lock --
-- One audit at a time: it is at the limit of the disk by itself.
select pg_advisory_lock(19, 11);

-- audit_try_lock --
select pg_try_advisory_lock(19, 11);

-- audit_unlock --
select pg_advisory_unlock(19, 11);

-- audit_enrol --
-- What must be there and is not yet under audit.
insert into audit_state (location, object, bytes)
select c.location, c.object, coalesce(a.bytes, 0) from copy c left join aip a on a.id = c.object
where not exists (select from audit_state s where s.location = c.location and s.object = c.object)
on conflict do nothing;

-- audit_forget --
-- What need not be there any more.
delete from audit_state s
where not exists (select from copy c where c.location = s.location and c.object = s.object);

-- audit_new_run --
insert into audit_run (id, started_at, scope) values (%(id)s, %(started_at)s, %(scope)s);

-- audit_open_run --
-- The run that was cut off, if it had the same scope and is not long past: it is gone on with.
select id, started_at from audit_run
where ended_at is null and scope = %(scope)s and started_at > %(since)s
order by started_at desc limit 1;

-- audit_end_run --
update audit_run set ended_at = %(time)s where id = %(id)s;

-- audit_plan --
-- Least recently tried first; each copy once in a run, which its checks tell and no clock does. A check that is said to be of
-- a time to come was made while the clock was wrong: it counts as none.
select s.location, s.object, s.checked_at, s.deep_at, c.version,
       coalesce((select jsonb_object_agg(k.version, k.sha512) from known_inventory k where k.object = s.object), '{}') as known
from audit_state s join copy c on c.location = s.location and c.object = s.object
where s.location = any(%(locations)s)
  and not exists (select from audit_check k where k.object = s.object and k.location = s.location and k.run = %(run)s)
  and (%(older)s::timestamptz is null or s.checked_at is null or s.checked_at < %(older)s or s.checked_at > %(now)s)
order by s.tried_at nulls first, s.location, s.object limit %(limit)s;

-- audit_left --
-- What a run did not come to, by location.
select s.location, count(*) as objects from audit_state s
where s.location = any(%(locations)s)
  and not exists (select from audit_check k where k.object = s.object and k.location = s.location and k.run = %(run)s)
  and (%(older)s::timestamptz is null or s.checked_at is null or s.checked_at < %(older)s or s.checked_at > %(now)s)
group by s.location order by s.location;

-- audit_counted --
select count(*) from audit_state where location = %(location)s;

-- audit_new_check --
insert into audit_check (run, location, object, depth, outcome, version, inventory, files, bytes, faults, reason, time)
values (%(run)s, %(location)s, %(object)s, %(depth)s, %(outcome)s, %(version)s, %(inventory)s, %(files)s, %(bytes)s,
        %(faults)s, %(reason)s, %(time)s);

-- audit_checked --
update audit_state set tried_at = %(time)s, checked_at = %(time)s, outcome = %(outcome)s,
    deep_at = case when %(deep)s then %(time)s else deep_at end,
    bytes = case when %(bytes)s > 0 then %(bytes)s else bytes end
where location = %(location)s and object = %(object)s;

-- audit_verified --
update copy set verified_at = %(time)s where location = %(location)s and object = %(object)s;

-- audit_tried --
update audit_state set tried_at = %(time)s where location = %(location)s and object = %(object)s;

-- audit_due_again --
-- The copy is to be proved before all others.
update audit_state set tried_at = null where location = %(location)s and object = %(object)s;

-- audit_totals --
select count(*) filter (where outcome <> 'skipped') as checked, coalesce(sum(bytes), 0)::bigint as bytes,
       coalesce(sum(files), 0)::bigint as files
from audit_check where run = %(run)s;

-- audit_not_good --
-- What a run found, in the order in which it was found.
select location, object, outcome, faults, reason from audit_check
where run = %(run)s and outcome <> 'good' order by id;

-- report_memory --
-- For the rest of the transaction: what is asked over every copy is joined and sorted in memory, not on the disk.
set local work_mem = '256MB';

-- audit_promise --
-- How much of every copy was read since `since`, in bytes, of all that is recorded anywhere; a copy of unknown size counts as
-- one. A copy that has got a version since it was read counts as unread.
select coalesce(sum(greatest(s.bytes, a.bytes, 1)) filter (
           where s.checked_at between %(since)s and %(now)s and s.checked_at >= c.written_at), 0)::bigint as read,
       coalesce(sum(greatest(s.bytes, a.bytes, 1)), 0)::bigint as held
from copy c left join audit_state s on s.location = c.location and s.object = c.object left join aip a on a.id = c.object;

-- audit_by_location --
-- What is known of each location's copies, also of those that no audit has come to yet.
select c.location, count(*) as objects, coalesce(sum(greatest(s.bytes, a.bytes)), 0)::bigint as bytes,
       count(*) filter (where s.checked_at is null) as never_checked,
       count(*) filter (where s.checked_at between %(since)s and %(now)s and s.checked_at >= c.written_at) as within,
       count(*) filter (where s.outcome = 'bad') as bad,
       count(*) filter (where s.tried_at is distinct from s.checked_at or s.checked_at < c.written_at) as unread,
       min(s.checked_at) as oldest, max(s.checked_at) as newest, min(s.deep_at) as oldest_deep
from copy c left join audit_state s on s.location = c.location and s.object = c.object left join aip a on a.id = c.object
group by c.location order by c.location;

-- audit_bad_copies --
-- Every copy that its last check found bad, with what that check found.
select s.location, s.object, c.faults, c.time from audit_state s
join lateral (select faults, time from audit_check k
              where k.object = s.object and k.location = s.location and k.outcome <> 'skipped'
              order by k.id desc limit 1) c on true
where s.outcome = 'bad' and (%(location)s::text is null or s.location = %(location)s)
order by s.location, s.object;

-- audit_runs --
select r.id, r.started_at, r.ended_at, r.scope,
       count(c.id) filter (where c.outcome = 'good') as good, count(c.id) filter (where c.outcome = 'bad') as bad,
       count(c.id) filter (where c.outcome = 'skipped') as skipped, coalesce(sum(c.bytes), 0)::bigint as bytes
from (select * from audit_run order by started_at desc limit %(limit)s) r left join audit_check c on c.run = r.id
group by r.id, r.started_at, r.ended_at, r.scope order by r.started_at desc;

-- audit_history --
select run, location, depth, outcome, version, files, bytes, faults, reason, time from audit_check
where object = %(object)s order by id;

-- audit_expected --
select object from audit_state where location = %(location)s;

-- audit_swept_at --
select swept_at from audit_location where location = %(location)s;

-- audit_swept --
insert into audit_location (location, swept_at) values (%(location)s, %(time)s)
on conflict (location) do update set swept_at = excluded.swept_at;

-- audit_is_known --
-- Whether an object is recorded at a location by now, or is just being taken in.
select exists (select from copy where location = %(location)s and object = %(object)s)
    or exists (select from package where aip = %(object)s and next_step is not null);

-- know_inventory --
insert into known_inventory (object, version, sha512, source, time)
values (%(object)s, %(version)s, %(sha512)s, %(source)s, %(time)s) on conflict do nothing;

-- known_inventories --
select version, sha512 from known_inventory where object = %(object)s;
