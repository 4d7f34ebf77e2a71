-- Statements of `kho store rebuild`. They run in one transaction of the owner role: the old rows are gone only when the new
-- ones are there. Names that begin with rebuild_ need what an earlier one of them made.

-- catalogue_is_empty --
select not exists (select from aip) and not exists (select from batch) and not exists (select from event)
   and not exists (select from decision);

-- rebuild_lock --
-- Nobody takes in, publishes or corrects meanwhile.
lock table agency, fonds, batch, package, aip, event, publication, decision in exclusive mode;

-- rebuild_empty --
truncate agency, fonds, batch, package, claim, aip, aip_version, document, file, page_text, mention, mention_drawn, event,
    failure, publication, copy, copy_policy, decision, act cascade;

-- rebuild_make_agency --
create temp table new_agency (code text, name text, block text, level text, decided boolean, line bigserial)
on commit drop;

-- rebuild_make_fonds --
create temp table new_fonds (agency text, code text, name text) on commit drop;

-- rebuild_make_stored --
create temp table new_stored (aip text, version text, stored_at timestamptz, findings jsonb) on commit drop;

-- rebuild_make_event --
create temp table new_event (batch text, ordinal int, id uuid, sequence bigint, aip text, step text, type text, outcome text,
    codes jsonb, agents jsonb, detail jsonb, time timestamptz, line bigserial) on commit drop;

-- rebuild_make_copy --
create temp table new_copy (object text, version int, written_at timestamptz) on commit drop;

-- rebuild_make_post --
create temp table new_post (like post) on commit drop;

-- rebuild_copy_post --
copy new_post (id, account, role, agency, fonds, block, level, modes, valid_from, valid_to, basis, granted_by, granted_at,
    approved_by, approved_at, ended_by, ended_at) from stdin;

-- rebuild_accounts --
-- Whoever holds a post has an account again; without a password nobody signs in before an administrator gives one.
insert into account (id, name, created_at) select account, account, min(granted_at) from new_post group by account
on conflict (id) do nothing;

-- rebuild_posts --
insert into post select * from new_post on conflict (id) do nothing;

-- rebuild_copy_agency --
copy new_agency (code, name, block, level, decided) from stdin;

-- rebuild_copy_fonds --
copy new_fonds (agency, code, name) from stdin;

-- rebuild_copy_copy_policy --
copy copy_policy (agency, retention, minimum, locations) from stdin;

-- rebuild_copy_batch --
copy batch (id, source, source_bytes, kind, mapping, agency, status, report, created_at, finished_at) from stdin;

-- rebuild_copy_package --
copy package (batch, ordinal, path, kind, key, aip, status, verdict, documents, pages, bytes, findings, files, released,
    finished_at) from stdin;

-- rebuild_copy_stored --
copy new_stored (aip, version, stored_at, findings) from stdin;

-- rebuild_copy_event --
copy new_event (batch, ordinal, id, sequence, aip, step, type, outcome, codes, agents, detail, time) from stdin;

-- rebuild_copy_aip --
copy aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages, bytes,
    findings, created_at, stored_at, submission_kind, submission_id) from stdin;

-- rebuild_copy_aip_version --
copy aip_version (aip, version, content_digest, stored_at) from stdin;

-- rebuild_copy_document --
copy document (id, aip, ordinal, fields, file) from stdin;

-- rebuild_copy_file --
copy file (aip, path, role, original_name, size, sha256, sha512, puid, mime, pages, facts) from stdin;

-- rebuild_make_decision --
create temp table new_decision (record jsonb) on commit drop;

-- rebuild_copy_decision --
copy new_decision (record) from stdin;

-- rebuild_decisions --
select record from new_decision order by (record ->> 'decided_at')::timestamptz, record ->> 'id';

-- rebuild_copy_copy --
copy new_copy (object, version, written_at) from stdin;

-- rebuild_agencies --
-- What was decided about a body stands; of one that only packages name, any name that is more than its code.
insert into agency (code, name, block, level)
select distinct on (code) code, name, block, level from new_agency
order by code, coalesce(decided, false) desc, name = code, line desc;

-- rebuild_fonds --
insert into fonds (agency, code, name) select distinct on (agency, code) agency, code, name from new_fonds
order by agency, code, name;

-- rebuild_stored_aips --
-- When an AIP was stored first, and what was found when its newest delivery came.
update aip set stored_at = coalesce(first.stored_at, aip.stored_at), findings = last.findings
from (select distinct on (aip) aip, findings from new_stored order by aip, substr(version, 2)::int desc) last
left join new_stored first on first.aip = last.aip and first.version = 'v1'
where aip.id = last.aip;

-- rebuild_stored_versions --
update aip_version v set stored_at = s.stored_at from new_stored s where s.aip = v.aip and s.version = v.version;

-- rebuild_events --
-- The journal as the accounts of the batches have it, in its own order.
insert into event (id, sequence, package, aip, step, type, outcome, codes, agents, detail, time)
overriding system value
select n.id, n.sequence, p.id, n.aip, n.step, n.type, n.outcome, n.codes, n.agents, n.detail, n.time
from new_event n join package p on p.batch = n.batch and p.ordinal = n.ordinal
where n.sequence is not null;

-- rebuild_event_sequence --
select setval(pg_get_serial_sequence('event', 'sequence'), greatest((select max(sequence) from event), 1));

-- rebuild_other_events --
-- What only the packages themselves tell: corrections, and the way in of a batch that has no account.
insert into event (id, aip, step, type, outcome, codes, agents, detail, time)
select id, aip, step, type, outcome, codes, agents, detail, time from (
    select distinct on (id) * from new_event where sequence is null order by id, line) n
where not exists (select from event e where e.id = n.id) order by time, line;

-- rebuild_copies --
insert into copy (location, object, version, written_at)
select %(location)s, object, version, written_at from new_copy;

-- rebuild_journals --
select object from new_copy where starts_with(object, 'urn:kho:journal:');

-- rebuild_batch_number --
-- The next batch gets a number that none had, not even one that was under way and is lost.
select setval('batch_number', 1000 + coalesce(max(split_part(id, '-', 2)::bigint), 0)) from batch
where id ~ '^[0-9]+-[0-9]+$';

-- rebuild_counts --
select (select count(*) from aip) as aips, (select count(*) from aip_version) as versions,
       (select count(*) from document) as documents, (select count(*) from file) as files,
       (select count(*) from batch) as batches, (select count(*) from package) as packages,
       (select count(*) from event) as events, (select count(*) from publication) as publications,
       (select count(*) from agency) as agencies;

-- rebuild_analyse --
analyze agency, fonds, batch, package, aip, aip_version, document, file, event, publication, copy;
