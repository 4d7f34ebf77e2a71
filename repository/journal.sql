-- journal_seal --
select journal_seal(%(most)s);

-- journal_head --
select position, hash from journal order by position desc limit 1;

-- journal_at --
select hash from journal where position = %(position)s;

-- journal_waiting --
select count(*) from journal_pending;

-- journal_records --
select position, record, hash from journal where position > %(after)s order by position;

-- journal_records_of_month --
-- `month` is like 2026-11, in UTC: when an entry was sealed.
select position, record, hash from journal
where position > %(after)s and (record::jsonb ->> 'sealed') like %(month)s || '-%%' order by position;

-- journal_months --
select distinct substr(record::jsonb ->> 'sealed', 1, 7) as month from journal where position > %(after)s order by month;

-- journal_lost_rows --
-- Entries whose row is not there any more, or is not what it was. Of rows that change the last entry counts. Checks of copies
-- and accounts are no part of storage: those from before the last rebuild are known by their entries alone.
with told as (
    select position, record::jsonb -> 'entry' ->> 'kind' as kind, record::jsonb -> 'entry' -> 'ids' as ids,
           record::jsonb -> 'entry' ->> 'row' as digest
    from journal),
rebuilt as (select coalesce(max(position), 0) as position from told where kind = 'rebuild'),
last as (select kind, ids, max(position) as position from told where kind in ('account', 'post') group by kind, ids)
select t.position, t.kind, t.ids
from told t left join journal_rows() r on r.digest = t.digest left join last l on l.kind = t.kind and l.ids = t.ids
where r.digest is null and t.kind <> 'rebuild'
  and (l.position is null or l.position = t.position)
  and not (t.kind in ('audit', 'account') and t.position <= (select position from rebuilt))
order by t.position;

-- journal_strange_rows --
-- Rows that no entry tells: put in behind the journal's back, or changed.
select r.kind, r.ids from journal_rows() r
where r.digest not in (select record::jsonb -> 'entry' ->> 'row' from journal)
  and r.digest not in (select entry::jsonb ->> 'row' from journal_pending)
order by r.kind, r.ids;

-- journal_note_rebuild --
insert into journal_pending (entry) values (jsonb_build_object(
    'kind', 'rebuild', 'ids', jsonb_build_object('location', %(location)s::text, 'objects', %(objects)s::bigint,
    'time', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'row', '')::text);

-- journal_restore --
insert into journal (position, record, hash) values (%(position)s, %(record)s, %(hash)s);

-- journal_restore_inventories --
insert into known_inventory (object, version, sha512, source, time)
select i ->> 'object', i ->> 'version', i ->> 'sha512', i ->> 'source', (i ->> 'time')::timestamptz
from (select record::jsonb -> 'entry' as e from journal) j cross join lateral (select e -> 'ids' as i) ids
where e ->> 'kind' = 'inventory' on conflict do nothing;

-- journal_pause --
select journal_pause(%(paused)s);

-- journal_catch_up --
select journal_catch_up();

-- journal_export_lock --
select pg_advisory_lock(19, 14);

-- journal_export_unlock --
select pg_advisory_unlock(19, 14);

-- decisions_about --
-- The decisions about a record (`aip`), or about a body as a whole; and the later ones about the acts among them.
with direct as (
    select distinct d.id, d.record from decision d join decision_about a on a.decision = d.id
    where (%(aip)s <> '' and a.aip = %(aip)s)
       or (a.aip = '' and a.agency = %(agency)s and (%(aip)s = '' or a.fonds in ('', %(fonds)s)))
), acts as (select id::text as id from direct)
select id::text as id, record from direct
union
select d.id::text, d.record from decision d
where (d.record ->> 'disposal' in (select id from acts) or d.record ->> 'handover' in (select id from acts)
       or d.record ->> 'act' in (select id from acts) or d.record ->> 'hold' in (select id from acts))
  and coalesce(d.record ->> 'aip', %(aip)s) = %(aip)s;

-- journal_about --
-- The chained entries that name a record, or one of some decisions.
select position, record from journal
where (%(aip)s <> '' and record::jsonb -> 'entry' -> 'ids' ->> 'aip' = %(aip)s)
   or record::jsonb -> 'entry' -> 'ids' ->> 'id' = any(%(decisions)s::text[]) order by position;

-- aip_place --
select id, agency, fonds from aip where id = %(id)s or key = %(id)s;
