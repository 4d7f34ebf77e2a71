-- new_disposal --
insert into disposal (id, procedure, agency, block, status, listed_by, listed_on)
values (%(id)s, %(procedure)s, %(agency)s, %(block)s, 'under-review', %(listed_by)s, %(listed_on)s)
on conflict (id) do nothing;

-- new_disposal_line --
insert into disposal_line (disposal, ordinal, aip, key, ground, state)
values (%(disposal)s, %(ordinal)s, %(aip)s, %(key)s, %(ground)s, 'listed') on conflict (disposal, aip) do nothing;

-- disposal_council --
update disposal set council = %(council)s where id = %(id)s;

-- disposal_verdict --
update disposal set verdict = %(verdict)s, status = 'decided' where id = %(id)s;

-- disposal_line_verdicts --
update disposal_line set state = case when %(default)s = 'destroy' then 'listed' else %(default)s end
where disposal = %(disposal)s;

-- disposal_line_verdict --
update disposal_line set state = %(state)s, reason = %(reason)s, dissent = %(dissent)s, years = %(years)s
where disposal = %(disposal)s and aip = %(aip)s;

-- disposal_opinion --
update disposal set opinion = %(opinion)s where id = %(id)s;

-- disposal_approval --
update disposal set approval = %(approval)s, approved_at = %(time)s, status = 'approved' where id = %(id)s;

-- disposal_lines_approved --
update disposal_line set state = 'approved' where disposal = %(id)s and state = 'listed';

-- disposal_status --
update disposal set status = %(status)s, completed_at = coalesce(%(time)s, completed_at) where id = %(id)s;

-- disposal --
select id, procedure, agency, block, status, listed_by, listed_on, council, verdict, opinion, approval, approved_at,
       completed_at
from disposal where id = %(id)s;

-- disposals --
select d.id, d.procedure, d.agency, d.block, d.status, d.listed_by, d.listed_on, d.council, d.verdict, d.opinion,
       d.approval, d.approved_at, d.completed_at
from disposal d join decision c on c.id = d.id order by c.decided_at, d.id;

-- disposal_lines --
select disposal, ordinal, aip, key, ground, state, reason, dissent, years from disposal_line
where disposal = %(id)s order by ordinal;

-- lines_under_review --
-- The hồ sơ that stand on a list that is not at its end.
select l.aip from disposal_line l join disposal d on d.id = l.disposal
where d.status in ('under-review', 'decided') or (d.status = 'approved' and l.state in ('approved', 'destroying'));

-- line_state --
update disposal_line set state = %(state)s where disposal = %(disposal)s and aip = %(aip)s;

-- line_state_of --
select state from disposal_line where disposal = %(disposal)s and aip = %(aip)s;

-- destroyed_or_about_to_be --
-- The AIP of this key that was destroyed, or the one that is held and is being destroyed.
select aip from tombstone where key = %(key)s
union all select aip from disposal_line where aip = %(aip)s::text and state = 'destroying' limit 1;

-- on_their_way_in --
-- Of some AIPs, those that a package on its way in is about to change.
select distinct aip from package where next_step is not null and aip = any(%(ids)s);

-- new_tombstone --
insert into tombstone (aip, key, agency, fonds, disposal, decision, destroyed_at)
values (%(aip)s, %(key)s, %(agency)s, %(fonds)s, %(disposal)s, %(decision)s, %(time)s) on conflict (aip) do nothing;

-- tombstone --
select aip, key, agency, fonds, disposal, decision, destroyed_at from tombstone where aip = %(id)s or key = %(id)s
order by destroyed_at desc limit 1;

-- was_public_and_destroyed --
-- Harvesters were told of it: that it is gone is no news that only the archive may have.
select exists (select from tombstone t join oai_item i on i.feed = 'public' and i.aip = t.aip where t.aip = %(aip)s);

-- await_purge --
insert into awaiting_purge (aip, location) values (%(aip)s, %(location)s) on conflict do nothing;

-- purged_at_last --
delete from awaiting_purge where aip = %(aip)s and location = %(location)s;

-- awaited_purges --
select w.aip, w.location from awaiting_purge w join disposal_line l on l.aip = w.aip
where l.disposal = %(id)s and l.state = 'destroyed' order by w.location, w.aip;

-- repairs_of --
-- The repairs that moved bytes of an object into quarantine.
select id from repair where object = %(object)s order by time, id;

-- forget_copy --
delete from copy where object = %(object)s and location = %(location)s;

-- drop_links --
delete from record_link where aip = %(aip)s or other = %(aip)s;

-- drop_exports --
delete from aip_export where aip = %(aip)s;

-- drop_claim --
delete from claim where key = %(key)s;

-- drop_versions --
delete from aip_version where aip = %(aip)s;

-- drop_aip --
delete from aip where id = %(aip)s;

-- new_link --
insert into record_link (aip, other, decision) values (%(aip)s, %(other)s, %(decision)s) on conflict do nothing;

-- links_of --
-- Who must not be outlived by whom, in both directions.
select aip, other from record_link where aip = any(%(ids)s)
union select other, aip from record_link where other = any(%(ids)s);

-- new_export --
insert into aip_export (aip, path, format, witness, digest, made_at)
values (%(aip)s, %(path)s, %(format)s, %(witness)s, %(digest)s, %(made_at)s)
on conflict (aip, path) do update set format = excluded.format, witness = excluded.witness, digest = excluded.digest,
    made_at = excluded.made_at;

-- exports_of --
select path, witness, digest from aip_export where aip = %(aip)s order by path;

-- rows_left_of --
-- How much the catalogue still holds of a record's content.
select (select count(*) from aip where id = %(aip)s) + (select count(*) from document where aip = %(aip)s)
     + (select count(*) from file where aip = %(aip)s) + (select count(*) from page_text where aip = %(aip)s);

-- dump_disposal --
select id, procedure, agency, block, status, listed_by, listed_on, council, verdict, opinion, approval, approved_at,
       completed_at
from disposal order by listed_on, id;

-- dump_disposal_line --
select l.disposal, l.ordinal, l.aip, l.key, l.ground,
       case when l.state = 'destroying' then 'approved' else l.state end as state, l.reason, l.dissent, l.years
from disposal_line l join disposal d on d.id = l.disposal order by d.listed_on, d.id, l.ordinal;

-- dump_tombstone --
select aip, key, agency, fonds, disposal, decision, destroyed_at from tombstone order by key collate "C", aip;

-- dump_record_link --
select aip, other, decision from record_link order by decision, aip, other;
