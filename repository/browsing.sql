-- visible_shelves --
-- Counted by fonds and mode first, so that the decision is asked once for each and not for every hồ sơ.
select coalesce(g.block, '') as block, coalesce(g.level, '') as level, s.agency, g.name as agency_name, s.fonds,
       f.name as fonds_name, sum(s.files)::bigint as files
from (select agency, fonds, mode, count(*) as files from aip group by agency, fonds, mode) s
join agency g on g.code = s.agency join fonds f on f.agency = s.agency and f.code = s.fonds
where may_see(%(who)s, s.agency, s.fonds, s.mode, %(day)s)
group by g.block, g.level, s.agency, g.name, s.fonds, f.name
order by g.block nulls last, g.level nulls last, g.name, f.name;

-- visible_kept --
select a.id, coalesce(a.fields ->> 'x_inventory', '') as inventory, coalesce(a.fields ->> 'x_box', '') as box,
       coalesce(nullif(a.fields ->> 'fileCode', ''), a.key) as code,
       coalesce(nullif(a.fields ->> 'title', ''), a.key) as title, coalesce(a.fields ->> 'startDate', '') as start,
       coalesce(a.fields ->> 'endDate', '') as end
from aip a
where a.agency = %(agency)s and a.fonds = %(fonds)s and may_see(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
order by 2, 3, 4, a.id limit %(limit)s offset %(offset)s;
