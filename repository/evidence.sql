-- Facts of an evidence report: `since` and `until` bound the period (until excluded). What was checked is told from the history of
-- checks, which the application cannot change; where copies lie is told as it is when the report is made.

-- evidence_snapshot --
set transaction isolation level repeatable read read only;

-- evidence_holdings --
select count(*) as aips, coalesce(sum(documents), 0)::bigint as documents, coalesce(sum(pages), 0)::bigint as pages,
       coalesce(sum(bytes), 0)::bigint as bytes,
       count(*) filter (where stored_at >= %(since)s) as new_aips,
       (select count(*) from aip_version v where v.stored_at >= %(since)s and v.stored_at < %(until)s and v.version <> 'v1') as new_versions,
       (select count(*) from package p where p.status in ('quarantined', 'conflict', 'refused') and p.next_step is null) as quarantined,
       (select count(*) from tombstone t where t.destroyed_at >= %(since)s and t.destroyed_at < %(until)s) as destroyed
from aip where stored_at < %(until)s;

-- evidence_locations --
-- Of each location: what is recorded there, what of it was read back in the period as it is now, what was found, what was not read.
with last as (
    select distinct on (location, object) location, object, outcome, time from audit_check
    where time < %(until)s and outcome <> 'skipped' order by location, object, id desc),
copies as (
    select c.location, c.object, c.written_at, c.version, greatest(a.bytes, s.bytes, 1) as bytes, l.outcome, l.time,
           l.time >= %(since)s and l.time >= c.written_at as read
    from copy c left join last l on l.location = c.location and l.object = c.object
    left join audit_state s on s.location = c.location and s.object = c.object left join aip a on a.id = c.object
    where c.written_at < %(until)s)
select l.name, l.kind, l.role, l.state, l.label, l.added_at,
       count(c.object) as objects, coalesce(sum(c.bytes), 0)::bigint as bytes,
       count(*) filter (where c.read) as read_objects, coalesce(sum(c.bytes) filter (where c.read), 0)::bigint as read_bytes,
       count(*) filter (where c.object is not null and c.read is not true) as unread_objects,
       coalesce(sum(c.bytes) filter (where c.read is not true), 0)::bigint as unread_bytes,
       count(*) filter (where c.outcome = 'bad') as bad_objects,
       count(*) filter (where c.object is not null and c.time is null) as never_read,
       min(c.time) as oldest_read, min(c.written_at) filter (where c.time is null or c.time < c.written_at) as oldest_unread,
       (select count(*) from copy p left join copy m on m.location = l.name and m.object = p.object
        where p.location = 'primary' and (m.version is null or m.version < p.version)) as behind,
       (select swept_at from audit_location w where w.location = l.name) as swept_at
from location l left join copies c on c.location = l.name
where l.added_at < %(until)s group by l.name order by l.role <> 'primary', l.added_at, l.name;

-- evidence_unread --
-- Every copy that was not read back in the period as it is now, and why, where a check said why.
select c.location, c.object, a.key, c.version, c.written_at, l.time as last_read,
       coalesce((select k.reason from audit_check k where k.location = c.location and k.object = c.object and k.outcome = 'skipped'
                 and k.time >= %(since)s and k.time < %(until)s order by k.id desc limit 1), '') as reason
from copy c left join aip a on a.id = c.object
left join lateral (select time from audit_check k where k.location = c.location and k.object = c.object
                   and k.time < %(until)s and k.outcome <> 'skipped' order by k.id desc limit 1) l on true
where c.written_at < %(until)s and (l.time is null or l.time < %(since)s or l.time < c.written_at)
order by c.location, l.time nulls first, c.object;

-- evidence_copies_of_aips --
-- How many whole copies the AIPs have: of the newest version, and not found bad by their last check.
select n as copies, count(*) as aips from (
    select a.id, count(c.object) filter (where c.version = substr(a.version, 2)::int and coalesce(s.outcome, '') <> 'bad') as n
    from aip a left join copy c on c.object = a.id
    left join audit_state s on s.location = c.location and s.object = c.object
    where a.stored_at < %(until)s group by a.id) counted
group by n order by n;

-- evidence_below_policy --
-- AIPs with fewer whole copies than the most special policy asks for.
select count(*) from (
    select a.id, count(c.object) filter (where c.version = substr(a.version, 2)::int and coalesce(s.outcome, '') <> 'bad') as n,
           coalesce((select p.minimum from copy_policy p where p.agency in ('*', a.agency)
                     and p.retention in ('*', a.retention ->> 'code') order by p.agency = '*', p.retention = '*' limit 1), 1) as wanted
    from aip a left join copy c on c.object = a.id
    left join audit_state s on s.location = c.location and s.object = c.object
    where a.stored_at < %(until)s group by a.id) counted
where n < wanted;

-- evidence_checks --
select count(*) as checks, count(*) filter (where outcome = 'good') as good, count(*) filter (where outcome = 'bad') as bad,
       count(*) filter (where outcome = 'skipped') as skipped, count(*) filter (where depth = 'deep' and outcome <> 'skipped') as deep,
       coalesce(sum(bytes), 0)::bigint as bytes, count(distinct run) as runs
from audit_check where time >= %(since)s and time < %(until)s;

-- evidence_failures --
select k.location, k.object, k.time, k.faults, s.outcome as now from audit_check k
left join audit_state s on s.location = k.location and s.object = k.object
where k.time >= %(since)s and k.time < %(until)s and k.outcome = 'bad' order by k.id;

-- evidence_repairs --
select location, object, source, outcome, time from repair where time >= %(since)s and time < %(until)s order by time, id;

-- evidence_formats --
select f.puid, min(f.mime) as mime, count(*) as files, coalesce(sum(f.size), 0)::bigint as bytes
from file f join aip a on a.id = f.aip where f.role = 'content' and a.stored_at < %(until)s
group by f.puid order by count(*) desc, f.puid;

-- evidence_pdfa --
-- Content files that are PDFs: what they claim to be, and what the judge said when they came in.
select coalesce(f.facts ->> 'pdfa_verdict', 'no-claim') as verdict, count(*) as files
from file f join aip a on a.id = f.aip
where f.role = 'content' and f.mime = 'application/pdf' and a.stored_at < %(until)s group by 1 order by 1;

-- evidence_packages --
-- The last deep check of each AIP's primary copy before `until`: whether METS, PREMIS and descriptions held; null: none of this version.
with last as (
    select distinct on (k.object) k.object, k.time, k.version, exists (
        select from jsonb_array_elements(k.faults) f where f ->> 'kind' in ('description', 'metadata')) as broken
    from audit_check k where k.location = 'primary' and k.depth = 'deep' and k.outcome <> 'skipped' and k.time < %(until)s
    order by k.object, k.id desc)
select count(*) as aips, count(*) filter (where l.version = a.version and not l.broken) as valid,
       count(*) filter (where l.version = a.version and l.broken) as invalid,
       count(*) filter (where l.version is distinct from a.version) as unjudged
from aip a left join last l on l.object = a.id where a.stored_at < %(until)s;

-- evidence_invalid --
select distinct on (k.object) k.object, k.time, k.faults from audit_check k join aip a on a.id = k.object
where k.location = 'primary' and k.depth = 'deep' and k.outcome = 'bad' and k.time < %(until)s
  and exists (select from jsonb_array_elements(k.faults) f where f ->> 'kind' in ('description', 'metadata'))
order by k.object, k.id desc;

-- evidence_tools --
select distinct g ->> 'id' as id, g ->> 'version' as version from event e cross join lateral jsonb_array_elements(e.agents) g
where e.time >= %(since)s and e.time < %(until)s and coalesce(g ->> 'version', '') <> '' order by 1, 2;

-- evidence_events --
select type, count(*) as events, count(*) filter (where outcome = 'failure') as failures from event
where time >= %(since)s and time < %(until)s group by type order by type;

-- evidence_rebuilds --
select record::jsonb -> 'entry' -> 'ids' as ids from journal where record::jsonb -> 'entry' ->> 'kind' = 'rebuild'
order by position desc limit 1;

-- evidence_journal_begun --
-- The month of the first entry; null where there is none.
select substr(record::jsonb ->> 'sealed', 1, 7) from journal order by position limit 1;

-- evidence_notes --
-- What persons noted of drills, backups, media and incidents.
select record from decision where kind = 'preservation-note' and (record ->> 'on')::date < (%(until)s::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date
order by record ->> 'on', decided_at;

-- evidence_posts --
select count(*) as posts, count(*) filter (where ended_at is null) as open, count(distinct account) as accounts from post;
