-- new_location --
insert into location (name, url, kind, role, state, label, added_at)
values (%(name)s, %(url)s, %(kind)s, %(role)s, %(state)s, %(label)s, %(added_at)s);

-- locations --
-- The primary first, then in the order in which they were added.
select name, url, kind, role, state, label, added_at from location
order by role <> 'primary', added_at, name;

-- location --
select name, url, kind, role, state, label, added_at from location where name = %(name)s;

-- primary_moved --
-- The home may lie elsewhere today.
update location set url = %(url)s where name = 'primary' and url <> %(url)s;

-- location_state --
update location set state = %(state)s, label = %(label)s where name = %(name)s;

-- copy_written --
-- A version was put into a location. `verified_at` is since when every byte of the copy has been read back there at least
-- once, null where not yet: what an older version brought is as old a check as it was.
insert into copy (location, object, version, written_at, verified_at)
values (%(location)s, %(object)s, %(version)s, %(time)s, %(verified)s)
on conflict (location, object) do update set
    version = excluded.version, written_at = excluded.written_at,
    verified_at = case when copy.verified_at is not null then least(copy.verified_at, excluded.verified_at) end;

-- copies_of_location --
-- What a location holds, and how much of what is held anywhere it lacks or has in an older version, as far as the policies
-- want it there.
select count(c.object) as objects,
       count(*) filter (where (c.version is null or c.version < newest.version) and wanted_at(newest.object, %(name)s)) as behind,
       min(c.verified_at) as oldest_check,
       count(c.object) filter (where c.verified_at is null) as never_checked
from (select object, max(version) as version from copy group by object) newest
left join copy c on c.object = newest.object and c.location = %(name)s;

-- copies_of_object --
select c.location, l.role, l.state, c.version, c.written_at, c.verified_at from copy c join location l on l.name = c.location
where c.object = %(object)s order by l.role <> 'primary', l.added_at, l.name;

-- copies_lacking --
-- What a location lacks: the object, a location that has its newest version (the primary before others), and the version
-- that is here (0: none).
select newest.object, newest.location, coalesce(mine.version, 0) from (
    select distinct on (c.object) c.object, c.location, c.version from copy c join location l on l.name = c.location
    where l.state = 'online'
    order by c.object, c.version desc, l.role <> 'primary', l.role = 'offline', l.added_at) newest
left join copy mine on mine.object = newest.object and mine.location = %(name)s
where newest.location <> %(name)s
  and not exists (select from disposal_line l where l.aip = newest.object and l.state in ('destroying', 'destroyed'))
  and not exists (select from spill s where s.aip = newest.object)
  and (mine.version is null or mine.version < newest.version)
  and wanted_at(newest.object, %(name)s)
order by newest.object;

-- is_going --
-- Whether an object is being destroyed, or was: no copy of it may come to be.
select exists (select from disposal_line where aip = %(object)s and state in ('destroying', 'destroyed'))
    or exists (select from spill where aip = %(object)s) or exists (select from tombstone where aip = %(object)s);

-- locations_lagging --
-- Replicas that are there and lack something that the primary holds and a policy wants there.
select l.name from location l where l.state = 'online' and l.role = 'replica' and exists (
    select from copy p left join copy c on c.object = p.object and c.location = l.name
    where p.location = 'primary' and (c.version is null or c.version < p.version) and wanted_at(p.object, l.name))
order by l.name;

-- packages_below_policy --
-- Packages whose newest version has fewer copies than their policy asks for, the poorest first; copies that are away count.
select a.id as aip, a.key, a.version, p.minimum, count(c.location)::int as have,
       coalesce(array_agg(c.location order by c.location) filter (where c.location is not null), '{}') as locations
from aip a
join lateral (select minimum from copy_policy p
              where p.agency in ('*', a.agency) and p.retention in ('*', a.retention ->> 'code')
              order by p.agency = '*', p.retention = '*' limit 1) p on true
left join copy c on c.object = a.id and c.version >= substr(a.version, 2)::int
group by a.id, a.key, a.version, p.minimum having count(c.location) < p.minimum
order by count(c.location), a.id;

-- try_lock_location --
select pg_try_advisory_lock(hashtextextended('location ' || %(name)s, 7));

-- unlock_location --
select pg_advisory_unlock(hashtextextended('location ' || %(name)s, 7));

-- copies_in --
-- What the catalogue believes a location to hold.
select object, version from copy where location = %(location)s order by object;

-- copy_gone --
delete from copy where location = %(location)s and object = %(object)s;

-- policies --
select agency, retention, minimum, locations from copy_policy
order by agency = '*', agency, retention = '*', retention;

-- policy_for --
select agency, retention, minimum, locations from copy_policy
where agency in ('*', %(agency)s) and retention in ('*', %(retention)s)
order by agency = '*', retention = '*' limit 1;

-- set_policy --
insert into copy_policy (agency, retention, minimum, locations)
values (%(agency)s, %(retention)s, %(minimum)s, %(locations)s)
on conflict (agency, retention) do update set minimum = excluded.minimum, locations = excluded.locations;

-- dump_copy_policy --
select agency, retention, minimum, locations from copy_policy order by agency collate "C", retention collate "C";
