-- next_oai_stamp --
-- Whole seconds, as OAI-PMH tells them; never before an earlier stamp, though the clock be put back.
select greatest(date_trunc('second', clock_timestamp()),
                (select max(stamped_at) from oai_item where feed = 'public'),
                (select max(stamped_at) from oai_item where feed = 'held'));

-- oai_items_of_aip --
select id, aip, ordinal, digest, deleted, sets, stamped_at, feed, agency, fonds, ever from oai_item
where feed = %(feed)s and aip = %(aip)s;

-- oai_item --
-- In the feed of those that are held, only what the account may be told of.
select id, aip, ordinal, digest, deleted, sets, stamped_at, feed, agency, fonds, ever from oai_item
where feed = %(feed)s and id = %(id)s
  and (feed = 'public' or may_be_told(%(who)s, feed, agency, fonds, ever, %(day)s));

-- put_oai_item --
insert into oai_item (id, aip, ordinal, digest, deleted, sets, stamped_at, feed, agency, fonds, ever)
values (%(id)s, %(aip)s, %(ordinal)s, %(digest)s, %(deleted)s, %(sets)s, %(stamped_at)s, %(feed)s, %(agency)s,
        %(fonds)s, %(ever)s)
on conflict (feed, id) do update set digest = excluded.digest, deleted = excluded.deleted, sets = excluded.sets,
    stamped_at = excluded.stamped_at, agency = excluded.agency, fonds = excluded.fonds, ever = excluded.ever;

-- put_oai_set --
insert into oai_set (feed, spec, name) values (%(feed)s, %(spec)s, %(name)s)
on conflict (feed, spec) do update set name = excluded.name where oai_set.name <> excluded.name;

-- leave_oai_sets --
delete from oai_member where feed = %(feed)s and item = %(item)s;

-- join_oai_set --
insert into oai_member (feed, spec, stamped_at, item) values (%(feed)s, %(spec)s, %(stamped_at)s, %(item)s);

-- oai_sets --
-- With an item that the harvester may be told of.
select s.spec, s.name from oai_set s
where s.feed = %(feed)s and s.spec > %(after)s
  and (s.feed = 'public' or exists (
        select from oai_member m join oai_item i on i.feed = m.feed and i.id = m.item
        where m.feed = s.feed and starts_with(m.spec, s.spec)
          and may_be_told(%(who)s, i.feed, i.agency, i.fonds, i.ever, %(day)s)))
order by s.spec limit %(limit)s;

-- oai_list --
select id, aip, ordinal, digest, deleted, sets, stamped_at, feed, agency, fonds, ever from oai_item
where feed = %(feed)s and (stamped_at, id) > (%(after_time)s, %(after_id)s) and stamped_at <= %(until)s
  and (feed = 'public' or may_be_told(%(who)s, feed, agency, fonds, ever, %(day)s))
order by stamped_at, id limit %(limit)s;

-- oai_list_of_set --
-- `also` is a second set that the items must be in, or null.
select i.id, i.aip, i.ordinal, i.digest, i.deleted, i.sets, i.stamped_at, i.feed, i.agency, i.fonds, i.ever
from oai_member m join oai_item i on i.feed = m.feed and i.id = m.item
where m.feed = %(feed)s and m.spec = %(spec)s and (m.stamped_at, m.item) > (%(after_time)s, %(after_id)s)
  and m.stamped_at <= %(until)s
  and (%(also)s::text is null
       or exists (select from oai_member o where o.feed = m.feed and o.item = m.item and o.spec = %(also)s))
  and (i.feed = 'public' or may_be_told(%(who)s, i.feed, i.agency, i.fonds, i.ever, %(day)s))
order by m.stamped_at, m.item limit %(limit)s;

-- oai_count --
select count(*) from oai_item where feed = 'public' and stamped_at >= %(since)s and stamped_at <= %(until)s;

-- oai_count_of_set --
select count(*) from oai_member
where feed = 'public' and spec = %(spec)s and stamped_at >= %(since)s and stamped_at <= %(until)s;

-- oai_earliest --
select min(stamped_at) from oai_item where feed = %(feed)s;

-- oai_aip --
-- A hồ sơ as the feeds tell of it: of the held one (`everything`) whatever is held and no secret, else what the public may see.
select a.id, a.key, a.agency, g.name as agency_name, g.block, g.level, a.fonds, f.name as fonds_name, a.version,
       a.profile, a.fields, a.retention, a.mode, a.content_digest, a.documents, a.pages, a.bytes, a.findings,
       a.created_at, a.stored_at, a.indexed_at,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency join fonds f on f.agency = a.agency and f.code = a.fonds
where a.id = %(id)s and ((%(everything)s and a.mode <> '03') or may_see(null, a.agency, a.fonds, a.mode, %(day)s));

-- oai_documents --
-- The documents of a hồ sơ, likewise.
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts
from document d join file f on f.aip = d.aip and f.path = d.file join aip a on a.id = d.aip
where d.aip = %(aip)s
  and ((%(everything)s and a.mode <> '03' and coalesce(d.fields ->> 'mode', '') <> '03')
       or (may_see(null, a.agency, a.fonds, a.mode, %(day)s)
           and may_see(null, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s)))
order by d.ordinal;

-- oai_told_aips --
-- Of the ids asked for, the hồ sơ that a harvester may be told of now; null is the public.
select a.id, a.key, a.agency, g.name as agency_name, g.block, g.level, a.fonds, f.name as fonds_name, a.version,
       a.profile, a.fields, a.retention, a.mode, a.content_digest, a.documents, a.pages, a.bytes, a.findings,
       a.created_at, a.stored_at, a.indexed_at,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency join fonds f on f.agency = a.agency and f.code = a.fonds
where a.id = any(%(ids)s) and may_harvest(%(who)s, a.agency, a.fonds, a.mode, %(day)s);

-- oai_told_documents --
-- Of the ids asked for, the documents that a harvester may be told of now.
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts
from document d join file f on f.aip = d.aip and f.path = d.file join aip a on a.id = d.aip
where d.id = any(%(ids)s) and may_harvest(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
  and may_harvest(%(who)s, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s);

-- oai_told_documents_of_aip --
-- The documents of a hồ sơ that a harvester may be told of now.
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts
from document d join file f on f.aip = d.aip and f.path = d.file join aip a on a.id = d.aip
where d.aip = %(aip)s and may_harvest(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
  and may_harvest(%(who)s, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s)
order by d.ordinal;
