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
-- A version was put into a location. `verified_at` is when its bytes were last read back there, null where not yet.
insert into copy (location, object, version, written_at, verified_at)
values (%(location)s, %(object)s, %(version)s, %(time)s, %(verified)s)
on conflict (location, object) do update set
    version = excluded.version, written_at = excluded.written_at, verified_at = excluded.verified_at;

-- copies_of_location --
-- What a location holds, and how much of what the primary holds it lacks or has in an older version.
select count(c.object) as objects,
       count(*) filter (where c.version is null or c.version < p.version) as behind,
       min(c.verified_at) as oldest_check,
       count(c.object) filter (where c.verified_at is null) as never_checked
from copy p left join copy c on c.object = p.object and c.location = %(name)s
where p.location = 'primary';

-- copies_of_object --
select c.location, l.role, l.state, c.version, c.written_at, c.verified_at from copy c join location l on l.name = c.location
where c.object = %(object)s order by l.role <> 'primary', l.added_at, l.name;
