-- agency_facts --
select agency, kind, value, valid_from, valid_to from agency_fact order by agency, kind, valid_from;

-- agency_events --
select id, type, date, agency, other, basis from agency_event order by date, agency, other;

-- custodies --
select agency, fonds, custodian, since from custody order by agency, fonds, since;

-- ensure_agency --
insert into agency (code, name) values (%(code)s, %(code)s) on conflict (code) do nothing;

-- put_agency_fact --
insert into agency_fact (agency, kind, value, valid_from, valid_to)
values (%(agency)s, %(kind)s, %(value)s, %(from)s, %(to)s)
on conflict (agency, kind, valid_from) do update set value = excluded.value, valid_to = excluded.valid_to;

-- put_agency_event --
insert into agency_event (id, type, date, agency, other, basis)
values (%(id)s, %(type)s, %(date)s, %(agency)s, %(other)s, %(basis)s) on conflict (id) do nothing;

-- put_custody --
insert into custody (agency, fonds, custodian, since)
values (%(agency)s, %(fonds)s, %(custodian)s, %(since)s)
on conflict (agency, fonds, since) do update set custodian = excluded.custodian;

-- close_fonds --
update fonds set opened_on = coalesce(%(opened)s::date, opened_on), closed_on = coalesce(%(closed)s::date, closed_on)
where agency = %(agency)s and code = %(code)s;

-- refresh_agency --
-- The row of a body tells its newest name, block and level, for all who ask without a day.
update agency a set
    name = coalesce((select f.value from agency_fact f where f.agency = a.code and f.kind = 'name'
                     order by f.valid_from desc limit 1), a.name),
    block = coalesce((select f.value from agency_fact f where f.agency = a.code and f.kind = 'block'
                      order by f.valid_from desc limit 1), a.block),
    level = coalesce((select f.value from agency_fact f where f.agency = a.code and f.kind = 'level'
                      order by f.valid_from desc limit 1), a.level)
where a.code = %(code)s;

-- fonds_of_bodies --
-- The fonds of bodies with what is held of each.
select f.agency, f.code, f.name, f.opened_on, f.closed_on, count(a.id) as files,
       coalesce(sum(a.documents), 0)::bigint as documents, coalesce(sum(a.bytes), 0)::bigint as bytes,
       exists (select from publication p where p.agency = f.agency and p.fonds = f.code) as published
from fonds f left join aip a on a.agency = f.agency and a.fonds = f.code
where f.agency = any(%(agencies)s)
group by f.agency, f.code, f.name, f.opened_on, f.closed_on order by f.agency, f.code;

-- open_work_of_body --
-- What is on its way in for a body, and what waits for a person; a package is told by its key or its batch.
select count(*) filter (where p.next_step is not null) as open,
       count(*) filter (where p.next_step is null and p.status in ('quarantined', 'conflict')) as quarantined
from package p join batch b on b.id = p.batch
where b.agency = %(agency)s or starts_with(p.key, %(agency)s || '/');

-- new_act --
insert into act (id, kind, status, planned_by, record)
values (%(id)s, %(kind)s, 'planned', %(planned_by)s, %(record)s) on conflict (id) do nothing;

-- act_moves --
update act set status = %(status)s, approved_by = coalesce(%(approved_by)s, approved_by) where id = %(id)s;

-- act --
select id, kind, status, planned_by, approved_by, record from act where id = %(id)s;

-- acts --
select id, kind, status, planned_by, approved_by, record from act
where kind = %(kind)s order by record ->> 'decided_at', id;

-- dump_agency_fact --
select agency, kind, value, valid_from, valid_to from agency_fact
order by agency collate "C", kind collate "C", valid_from;

-- dump_agency_event --
select id, type, date, agency, other, basis from agency_event
order by date, agency collate "C", type collate "C", other collate "C";

-- dump_custody --
select agency, fonds, custodian, since from custody order by agency collate "C", fonds collate "C", since;

-- agencies_with_records --
select distinct agency from aip;
