-- new_spill --
insert into spill (id, aip, status, reported_by) values (%(id)s, %(aip)s, 'reported', %(by)s) on conflict (id) do nothing;

-- close_aip --
-- Nobody sees a record of this mode, whatever was decided of its fonds.
update aip set mode = '03' where id = %(aip)s;

-- spills --
select id, aip, status, reported_by, packages from spill order by id;

-- spill --
select id, aip, status, reported_by, packages from spill where id = %(id)s;

-- spill_begins --
-- Remembers the packages while their keys still tell them: those that became the AIP, and others of the same key.
update spill s set status = 'purging', packages = coalesce((
    select jsonb_agg(jsonb_build_object('id', p.id, 'batch', p.batch, 'ordinal', p.ordinal) order by p.id) from package p
    where p.aip = s.aip or p.key = (select a.key from aip a where a.id = s.aip)), '[]')
where s.id = %(id)s and s.status = 'reported';

-- spill_ends --
update spill set status = 'purged' where id = %(id)s;

-- scrub_package --
update package set path = '', key = null, findings = '[]', files = '[]' where id = %(id)s;

-- drop_claims_of_package --
delete from claim where package = %(id)s;

-- decisions_that_name --
select id::text from decision where position(%(text)s in record::text) > 0 order by id;

-- vacuum_spilled --
-- What was deleted leaves the files of the tables too; by the owner, outside a transaction.
vacuum (full) aip, aip_version, document, file, page_text, mention, package, claim;

-- dump_spill --
select id, aip, status, reported_by from spill order by id;
