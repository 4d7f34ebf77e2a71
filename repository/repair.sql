-- new_repair --
insert into repair (id, location, object, source, outcome, witnesses, faults, replaced, quarantined, kept_in, time)
values (%(id)s, %(location)s, %(object)s, %(source)s, %(outcome)s, %(witnesses)s, %(faults)s, %(replaced)s,
        %(quarantined)s, %(kept_in)s, %(time)s);

-- repairs --
select id, location, object, source, outcome, witnesses, faults, replaced, quarantined, kept_in, time from repair
where time >= %(since)s and time < %(until)s order by time, id;

-- repair_candidates --
-- Where else the object is held.
select location, version from copy where object = %(object)s and location <> %(location)s order by location;

-- repair_expected --
select coalesce(max(version), 0) from copy where object = %(object)s;

-- stored_inventory --
select sha512 from known_inventory where object = %(object)s and version = %(version)s and source = 'stored';
