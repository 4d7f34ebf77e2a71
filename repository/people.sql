-- new_account --
insert into account (id, name, password, must_change, created_at)
values (%(id)s, %(name)s, %(password)s, true, %(time)s) on conflict (id) do nothing returning id;

-- account --
select id, name, password, must_change, state, failures, locked_until, signed_in_at from account where id = %(id)s;

-- account_locked --
-- Held until the end of the transaction: tries to sign in follow one another.
select id, name, password, must_change, state, failures, locked_until, signed_in_at from account where id = %(id)s
for update;

-- accounts --
select id, name, password, must_change, state, failures, locked_until, signed_in_at from account order by id;

-- set_password --
update account set password = %(password)s, must_change = %(must_change)s, failures = 0, locked_until = null
where id = %(id)s;

-- set_account_state --
update account set state = %(state)s where id = %(id)s;

-- sign_in_failed --
update account set failures = failures + 1, locked_until = %(locked_until)s where id = %(id)s;

-- sign_in_done --
update account set failures = 0, locked_until = null, signed_in_at = %(time)s where id = %(id)s;

-- new_sign_in --
insert into sign_in (token, account, started_at, seen_at, ends_at, by_provider)
values (%(token)s, %(account)s, %(time)s, %(time)s, %(ends_at)s, %(by_provider)s);

-- sign_in_of --
select s.account, s.seen_at, s.ends_at, u.name, u.must_change, u.state, s.by_provider from sign_in s join account u on u.id = s.account
where s.token = %(token)s;

-- sign_in_seen --
update sign_in set seen_at = %(time)s where token = %(token)s;

-- end_sign_in --
delete from sign_in where token = %(token)s;

-- end_sign_ins_of --
delete from sign_in where account = %(account)s;

-- end_old_sign_ins --
delete from sign_in where ends_at < %(now)s or seen_at < %(idle)s;

-- new_post --
insert into post (id, account, role, agency, fonds, block, level, modes, valid_from, valid_to, basis, granted_by,
                  granted_at)
values (%(id)s, %(account)s, %(role)s, %(agency)s, %(fonds)s, %(block)s, %(level)s, %(modes)s, %(valid_from)s,
        %(valid_to)s, %(basis)s, %(granted_by)s, %(granted_at)s);

-- post --
select id, account, role, agency, fonds, block, level, modes, valid_from, valid_to, basis, granted_by,
       granted_at, approved_by, approved_at, ended_by, ended_at from post where id = %(id)s;

-- posts_of --
select id, account, role, agency, fonds, block, level, modes, valid_from, valid_to, basis, granted_by,
       granted_at, approved_by, approved_at, ended_by, ended_at from post where account = %(account)s order by granted_at, id;

-- approve_post --
update post set approved_by = %(by)s, approved_at = %(time)s
where id = %(id)s and approved_at is null and ended_at is null and granted_by <> %(by)s;

-- end_post --
update post set ended_by = %(by)s, ended_at = %(time)s where id = %(id)s and ended_at is null;

-- visible_aip --
-- A hồ sơ that this account, or the public where it is null, may see today.
select a.id, a.key, a.agency, g.name as agency_name, g.block, g.level, a.fonds, f.name as fonds_name, a.version,
       a.profile, a.fields, a.retention, a.mode, a.content_digest, a.documents, a.pages, a.bytes, a.findings,
       a.created_at, a.stored_at, a.indexed_at,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency join fonds f on f.agency = a.agency and f.code = a.fonds
where a.id = %(id)s and may_see(%(who)s, a.agency, a.fonds, a.mode, %(day)s);

-- visible_documents --
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts, c.path as reading, c.pages as reading_pages, c.sha256 as reading_sha256,
       c.facts as reading_facts
from document d join file f on f.aip = d.aip and f.path = d.file join aip a on a.id = d.aip
left join lateral (select path, pages, sha256, facts from file where aip = d.aip and facts ->> 'copy_of' = f.sha256
                   order by path limit 1) c on true
where d.aip = %(aip)s and may_see(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
  and may_see(%(who)s, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s)
order by d.ordinal;

-- visible_hits --
-- Of the ids asked for (hồ sơ and documents), those that the account may see: the second look before a hit is shown.
select a.id from aip a where a.id = any(%(ids)s) and may_see(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
union all
select d.id from document d join aip a on a.id = d.aip
where d.id = any(%(ids)s) and may_see(%(who)s, a.agency, a.fonds, a.mode, %(day)s)
  and may_see(%(who)s, a.agency, a.fonds, coalesce(nullif(d.fields ->> 'mode', ''), a.mode), %(day)s);
