-- objects_believed --
-- Every object that the catalogue believes the primary to hold, its newest version, and the locations that have it too.
select b.object, max(b.version),
    coalesce((select array_agg(c.location order by c.location) from copy c
              where c.object = b.object and c.location <> 'primary' and c.version >= max(b.version)), '{}')
from (select object, version from copy where location = 'primary'
      union all select id, substr(version, 2)::int from aip) b
group by b.object order by b.object;

-- objects_with_rows --
-- The newest version of each object that the catalogue tells of: of a package its own row does, of a record the note of
-- the commit that acknowledged it.
select id, substr(version, 2)::int from aip
union all select object, version from copy where location = 'primary' and starts_with(object, 'urn:kho:');

-- under_way --
-- What somebody is about to write, or will go on with: packages on their way, accounts of batches that are not done.
select aip from package where next_step is not null and aip is not null
union all select 'urn:kho:batch:' || id from batch where status <> 'done';

-- batches_of_aip --
-- The batches whose accounts tell when an AIP's versions were stored.
select distinct batch from package where aip = %(aip)s and status = 'stored';

-- versions_of_aip --
select version from aip_version where aip = %(aip)s;

-- is_held --
select exists (select from copy where object = %(object)s);

-- aips_being_destroyed --
select aip from disposal_line where state = 'destroying';

-- other_sessions --
-- Who else uses the catalogue; neither the one who asks nor the server's own processes are counted.
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and usename is not null;
