-- Whether a copy of an object is wanted at a location: the primary has everything, records without rows of a package go
-- everywhere, and a package goes where the most special policy says, everywhere where none says.

create function wanted_at(object_ text, location_ text) returns boolean language sql stable as $$
    select location_ = 'primary' or coalesce((
        select p.locations is null or location_ = any(p.locations)
        from aip a join copy_policy p on p.agency in ('*', a.agency) and p.retention in ('*', a.retention ->> 'code')
        where a.id = object_ order by p.agency = '*', p.retention = '*' limit 1), true)
$$;
