-- put_register_entry --
insert into register_entry (id, kind, agency, fonds, parent, aip, document, fields, present)
values (%(id)s, %(kind)s, %(agency)s, %(fonds)s, %(parent)s, %(aip)s, %(document)s, %(fields)s, true)
on conflict (id) do update set kind = excluded.kind, agency = excluded.agency, fonds = excluded.fonds,
    parent = excluded.parent, aip = excluded.aip, document = excluded.document, fields = excluded.fields, present = true;

-- register_entry_gone --
update register_entry set present = false where id = %(id)s;

-- new_arrangement --
insert into arrangement (id, agency, fonds, what, changed, made_by, made_at, undoes)
values (%(id)s, %(agency)s, %(fonds)s, %(what)s, %(changed)s, %(by)s, %(time)s, %(undoes)s) on conflict (id) do nothing;

-- arrangement_undone --
update arrangement set undone_by = %(by)s where id = %(id)s;

-- new_register_change --
insert into register_change (arrangement, ordinal, entry, before, after)
values (%(arrangement)s, %(ordinal)s, %(entry)s, %(before)s, %(after)s) on conflict do nothing;

-- register_entries --
-- The entries of a fonds ('' for every fonds of the body), of a kind, of a hồ sơ, or by id; with what the catalogue knows of
-- the preserved hồ sơ or document.
select e.id, e.kind, e.agency, e.fonds, e.parent, e.aip, e.document, e.fields, a.key as aip_key,
       coalesce(d.fields, a.fields, '{}') as preserved, coalesce(a.retention ->> 'text', '') as term, d.ordinal,
       a.id is not null as held, t.kind as decided, t.years
from register_entry e left join aip a on a.id = e.aip left join document d on d.id = e.document and e.document <> ''
left join lateral (
    select r.kind, r.years from retention_term r where r.aip = e.aip and e.aip <> '' order by r.sequence desc limit 1) t on true
where e.present and (%(kind)s::text is null or e.kind = %(kind)s)
  and (%(agency)s::text is null or e.agency = %(agency)s) and (%(fonds)s::text is null or e.fonds = %(fonds)s)
  and (%(parents)s::uuid[] is null or e.parent = any(%(parents)s)) and (%(ids)s::uuid[] is null or e.id = any(%(ids)s))
order by e.agency, e.fonds, a.key, d.ordinal, e.id;

-- register_states --
-- The states of some entries as they are now; those that are not there have none.
select id, kind, agency, fonds, parent, aip, document, fields from register_entry where present and id = any(%(ids)s);

-- unregistered_files --
-- The preserved hồ sơ that never had an entry.
select a.id, a.agency, a.fonds from aip a
where (%(agency)s::text is null or a.agency = %(agency)s) and (%(fonds)s::text is null or a.fonds = %(fonds)s)
  and not exists (select from register_entry e where e.aip = a.id and e.kind = 'file') order by a.key;

-- documents_of_aips --
select aip, id from document where aip = any(%(aips)s) order by aip, ordinal;

-- register_counts --
-- How many documents some hồ sơ of the register have.
select parent, count(*) from register_entry where present and kind = 'document' and parent = any(%(ids)s) group by parent;

-- desk_fonds --
-- Every fonds that holds a hồ sơ or has a register.
select agency, fonds as code, max(name) as name from (
    select a.agency, a.fonds, f.name from aip a join fonds f on f.agency = a.agency and f.code = a.fonds
    union all select agency, fonds, '' from register_entry where present) known
group by agency, fonds order by agency, fonds;

-- arrangements --
select id, agency, fonds, what, changed, made_by, made_at, undoes, undone_by from arrangement
where (%(agency)s::text is null or agency = %(agency)s) and (%(fonds)s::text is null or fonds = %(fonds)s)
order by made_at desc, id limit %(limit)s;

-- register_changes --
select arrangement, ordinal, entry, before, after from register_change where arrangement = %(id)s order by ordinal;

-- history_of_entry --
select c.arrangement, a.what, a.made_by, a.made_at, c.before, c.after from register_change c
join arrangement a on a.id = c.arrangement where c.entry = %(id)s order by a.made_at, c.arrangement;

-- arrangements_that_name --
-- The acts of arrangement that said a title of a preserved hồ sơ or of its documents otherwise.
select distinct c.arrangement::text from register_change c join register_entry e on e.id = c.entry
where e.aip = %(aip)s and c.after -> 'fields' ? 'title';

-- scrub_register --
-- A spilled record: nothing that tells its content stays in the rows.
update register_entry set fields = '{}' where aip = %(aip)s;

-- dump_arrangement --
select id, agency, fonds, what, changed, made_by, made_at, undoes, undone_by from arrangement order by made_at, id;

-- dump_register_entry --
select id, kind, agency, fonds, parent, aip, document, fields, present from register_entry order by agency, fonds, id;
