-- new_mention --
insert into mention (mac, aip, ordinal, page) values (%(mac)s, %(aip)s, %(ordinal)s, %(page)s) on conflict do nothing;

-- drop_mentions --
delete from mention where aip = %(aip)s;

-- mentions_are_drawn --
insert into mention_drawn (aip) values (%(aip)s) on conflict do nothing;

-- aips_without_mentions --
-- Those that came in before mentions were kept, or whose key is another one now.
select id from aip a where not exists (select from mention_drawn m where m.aip = a.id) order by id;

-- mentions_need_drawing --
-- Its description is another one now.
delete from mention_drawn where aip = %(aip)s;

-- find_mentions --
-- Where a number stands that the account may search for, of records that it may see.
select m.aip, m.ordinal, m.page, a.key, a.fields as file_fields, d.id as document, d.fields as document_fields,
       a.agency, a.fonds
from mention m join aip a on a.id = m.aip left join document d on d.aip = m.aip and d.ordinal = m.ordinal
where m.mac = %(mac)s and may_find_person(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
  and (d.id is null
       or may_find_person(%(who)s, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s))
order by a.key, m.ordinal, m.page limit %(limit)s;

-- new_identifier_search --
insert into identifier_search (id, account, mac, purpose, basis, found, time)
values (%(id)s, %(account)s, %(mac)s, %(purpose)s, %(basis)s, %(found)s, %(time)s);

-- identifier_searches --
-- Without what was searched for: the newest first.
select id, account, purpose, basis, found, time from identifier_search order by time desc, id limit %(limit)s;

-- new_view --
-- Once a minute for each record and door: a document of a hundred pages is opened once.
insert into view (account, record, door, time)
select %(account)s, %(record)s, %(door)s, %(time)s
where not exists (select from view where account = %(account)s and record = %(record)s and door = %(door)s
                  and time > %(time)s::timestamptz - interval '1 minute')
returning account;

-- records_viewed_since --
select count(distinct record) from view where account = %(account)s and time >= %(since)s;

-- new_view_alarm --
-- One alarm for an account until it was quiet for so long.
insert into view_alarm (id, account, views, minutes, raised_at)
select %(id)s, %(account)s, %(views)s, %(minutes)s, %(time)s
where not exists (select from view_alarm where account = %(account)s and raised_at > %(since)s)
returning id;

-- view_alarms --
select id, account, views, minutes, raised_at, seen_by, seen_at from view_alarm order by raised_at desc limit %(limit)s;

-- see_view_alarm --
update view_alarm set seen_by = %(by)s, seen_at = %(time)s where id = %(id)s and seen_at is null returning account;

-- open_view_alarms --
select count(*) from view_alarm where seen_at is null;
