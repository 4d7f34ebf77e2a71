-- put_retention_rule --
insert into retention_rule (schedule, code, title, grouped, subcase, kind, years, trigger, maintenance, disposition,
                            legal_basis, status, valid_from, valid_to, blocks, levels, evidence, decision)
values (%(schedule)s, %(code)s, %(title)s, %(group)s, %(subcase)s, %(kind)s, %(years)s, %(trigger)s, %(maintenance)s,
        %(disposition)s, %(legal_basis)s, %(status)s, %(valid_from)s, %(valid_to)s, %(blocks)s, %(levels)s, %(evidence)s,
        %(decision)s)
on conflict (schedule, code) do update set
    title = excluded.title, grouped = excluded.grouped, subcase = excluded.subcase, kind = excluded.kind,
    years = excluded.years, trigger = excluded.trigger, maintenance = excluded.maintenance,
    disposition = excluded.disposition, legal_basis = excluded.legal_basis, status = excluded.status,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, blocks = excluded.blocks, levels = excluded.levels,
    evidence = excluded.evidence, decision = excluded.decision;

-- supersede_schedule --
update retention_rule set status = 'superseded', valid_to = %(valid_to)s, decision = %(decision)s
where schedule = %(schedule)s and status = 'in_force';

-- retention_rules --
select schedule, code, title, grouped, subcase, kind, years, trigger, maintenance, disposition, legal_basis, status,
       valid_from, valid_to, blocks, levels, evidence
from retention_rule order by schedule, code;

-- new_retention_term --
insert into retention_term (aip, decision, kind, years, schedule, code, title, legal_basis, rule_from, rule_to,
                            closed_year, reason, decided_by, decided_at)
values (%(aip)s, %(decision)s, %(kind)s, %(years)s, %(schedule)s, %(code)s, %(title)s, %(legal_basis)s, %(rule_from)s,
        %(rule_to)s, %(closed_year)s, %(reason)s, %(decided_by)s, %(decided_at)s)
on conflict (aip, decision) do nothing;

-- new_retention_event --
insert into retention_event (aip, decision, date, what) values (%(aip)s, %(decision)s, %(date)s, %(what)s)
on conflict (aip, decision) do nothing;

-- records_with_terms --
-- Every hồ sơ, or those asked for, with all that its term is told from.
select a.id, a.key, a.agency, a.fonds, g.block, g.level, coalesce(a.fields ->> 'title', '') as title,
       coalesce(a.fields ->> 'keyword', '') as keyword, coalesce(a.fields ->> 'endDate', '') as end_date, a.retention,
       a.stored_at, coalesce(d.last_date, '') as last_date, coalesce(d.terms, '[]') as document_terms,
       t.decision, t.kind, t.years, t.schedule, t.code, t.title as rule_title, t.legal_basis, t.rule_from, t.rule_to,
       t.closed_year, t.reason, t.decided_by, t.decided_at, e.date as event_date, e.what as event_what,
       h.custodian as held_by, h.since as held_since
from aip a join agency g on g.code = a.agency
left join lateral (
    select max(m.fields ->> 'issuedDate') as last_date,
           jsonb_agg(distinct jsonb_build_array(m.fields ->> 'maintenance', coalesce(m.fields ->> 'x_raw_maintenance', '')))
               filter (where m.fields ->> 'maintenance' <> '') as terms
    from document m where m.aip = a.id) d on true
left join lateral (select * from retention_term r where r.aip = a.id order by r.sequence desc limit 1) t on true
left join lateral (select v.date, v.what from retention_event v where v.aip = a.id order by v.date desc limit 1) e on true
left join lateral (
    select c.custodian, c.since from record_custody c where c.aip = a.id order by c.since desc, c.sequence desc limit 1) h on true
where (%(ids)s::text[] is null or a.id = any(%(ids)s)) and (%(agency)s::text is null or a.agency = %(agency)s)
order by a.key;

-- dump_retention_rule --
select schedule, code, title, grouped, subcase, kind, years, trigger, maintenance, disposition, legal_basis, status,
       valid_from, valid_to, blocks, levels, evidence
from retention_rule order by schedule collate "C", code collate "C";

-- dump_retention_term --
select a.key as aip_key, t.aip, t.decision, t.kind, t.years, t.schedule, t.code, t.title, t.legal_basis, t.rule_from,
       t.rule_to, t.closed_year, t.reason, t.decided_by, t.decided_at
from retention_term t left join aip a on a.id = t.aip order by a.key collate "C", t.decided_at, t.decision;

-- dump_retention_event --
select a.key as aip_key, e.aip, e.decision, e.date, e.what
from retention_event e left join aip a on a.id = e.aip order by a.key collate "C", e.date, e.decision;
