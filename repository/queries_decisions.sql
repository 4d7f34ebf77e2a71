-- one_decision_at_a_time --
select pg_advisory_lock(%(lock)s);

-- decided --
select pg_advisory_unlock(%(lock)s);

-- decision_begins --
insert into decision_pending (id, record) values (%(id)s, %(record)s);

-- decision_ends --
delete from decision_pending where id = %(id)s;

-- decisions_pending --
select record from decision_pending order by id;

-- new_decision --
insert into decision (id, kind, decided_by, decided_at, record)
values (%(id)s, %(kind)s, %(decided_by)s, %(decided_at)s, %(record)s) on conflict (id) do nothing;

-- new_decision_about --
insert into decision_about (decision, agency, fonds, aip) values (%(decision)s, %(agency)s, %(fonds)s, %(aip)s)
on conflict do nothing;

-- decision --
select record from decision where id = %(id)s;

-- decisions --
-- Of a kind, or of all where it is null, newest first.
select record from decision where %(kind)s::text is null or kind = %(kind)s order by decided_at desc, sequence desc
limit %(limit)s;

-- decision_events_of_aip --
-- What was decided about an AIP, its fonds or its body since it is held.
select e.id, e.package, e.aip, e.step, e.type, e.outcome, e.codes, e.agents, e.detail, e.time
from event e join decision_about d on d.decision = e.id join aip a on a.id = %(aip)s
where d.aip = a.id or (d.aip = '' and d.agency = a.agency and d.fonds in ('', a.fonds) and e.time >= a.stored_at)
order by e.sequence;

-- dump_decision --
select id, kind, decided_by, decided_at, record from decision order by decided_at, id;

-- dump_act --
select a.id, a.kind, a.status, a.planned_by, a.approved_by, a.record from act a
left join decision d on d.id = a.id order by d.decided_at, a.id;
