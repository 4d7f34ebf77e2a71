-- lock_migrations --
-- Held for the session: one process migrates at a time.
select pg_advisory_lock(%(lock)s);

-- create_migration_table --
create table if not exists schema_migration (
    name text primary key, digest text not null, run_at timestamptz not null default now());

-- migrations_done --
select name, digest from schema_migration order by name;

-- migration_was_run --
insert into schema_migration (name, digest) values (%(name)s, %(digest)s);

-- make_job_schema --
create schema if not exists kho_jobs;

-- use_job_schema --
set local search_path = kho_jobs;

-- job_engine_is_installed --
select to_regclass('kho_jobs.procrastinate_jobs') is not null;

-- lock_job_engine --
select pg_advisory_lock(hashtext('kho.job-engine'));

-- job_engine_is_granted --
-- All grants are made in one commit: who has one has them all.
select has_schema_privilege(%(role)s, 'kho_jobs', 'usage');

-- grant_job_schema --
grant usage on schema kho_jobs to {app};

-- grant_job_tables --
grant select, insert, update, delete on all tables in schema kho_jobs to {app};

-- grant_job_sequences --
grant usage on all sequences in schema kho_jobs to {app};

-- grant_job_functions --
grant execute on all functions in schema kho_jobs to {app};

-- job_is_waiting --
select true from procrastinate_jobs where task_name = %(task)s and queueing_lock = %(lock)s and status = 'todo';

-- new_batch --
insert into batch (id, source, source_bytes, kind, mapping, agency, status, report, created_at)
select to_char(now() at time zone 'Asia/Ho_Chi_Minh', 'YYYYMMDD') || '-' || nextval('batch_number'),
       %(source)s, %(source_bytes)s, %(kind)s, %(mapping)s, %(agency)s, 'queued', %(report)s, %(created_at)s
returning id;

-- open_batch_of --
-- The unfinished batch of the same source, if there is one: the same command again goes on with it.
select id, source, kind, mapping, agency, status, report, created_at, finished_at from batch
where source_bytes = %(source_bytes)s and status = 'queued'
  and mapping is not distinct from %(mapping)s and agency is not distinct from %(agency)s
order by created_at desc limit 1;

-- lock_source --
-- Two commands over one source: the second waits until the first has written its batch.
select pg_advisory_xact_lock(hashtextextended(encode(%(source_bytes)s, 'hex'), 7));

-- lock_tidying --
-- Registering a batch holds this lock shared, tidying up holds it alone.
select pg_advisory_xact_lock(19, 7);

-- lock_registering --
select pg_advisory_xact_lock_shared(19, 7);

-- open_batches --
select id from batch where status = 'queued' order by created_at;

-- batch --
select id, source, kind, mapping, agency, status, report, created_at, finished_at from batch where id = %(id)s;

-- batches --
select id, source, kind, mapping, agency, status, report, created_at, finished_at from batch
order by created_at desc, id desc limit %(limit)s;

-- finish_batch --
update batch set status = 'done', finished_at = %(time)s
where id = %(id)s and status = 'queued'
  and not exists (select from package where batch = %(id)s and next_step is not null)
returning id;

-- new_package --
insert into package (batch, ordinal, path, kind, key, aip, next_step, status, verdict, documents, findings, files,
                     finished_at)
values (%(batch)s, %(ordinal)s, %(path)s, %(kind)s, %(key)s, %(aip)s, %(next_step)s, %(status)s, %(verdict)s,
        %(documents)s, %(findings)s, %(files)s, %(finished_at)s)
returning id;

-- package --
select id, batch, ordinal, path, kind, key, aip, next_step, token, status, verdict, documents, pages, bytes,
       findings, files, released, finished_at
from package where id = %(id)s;

-- packages_of_batch --
select id, batch, ordinal, path, kind, key, aip, next_step, token, status, verdict, documents, pages, bytes,
       findings, files, released, finished_at
from package where batch = %(batch)s order by ordinal;

-- open_packages --
-- What still has steps to do, oldest first; of one batch, or of all where batch is null.
select id from package
where next_step is not null and (%(batch)s::text is null or batch = %(batch)s)
order by batch, ordinal;

-- open_documents --
select coalesce(sum(greatest(documents, 1)), 0)::bigint from package where next_step is not null and batch = %(batch)s;

-- progress_of_batch --
select count(*), count(*) filter (where next_step is null),
       coalesce(sum(documents), 0)::bigint,
       coalesce(sum(documents) filter (where next_step is null), 0)::bigint,
       coalesce(sum(bytes) filter (where next_step is null), 0)::bigint
from package where batch = %(batch)s;

-- try_lock_package --
select pg_try_advisory_lock(%(space)s, %(id)s);

-- unlock_package --
select pg_advisory_unlock(%(space)s, %(id)s);

-- take_package --
-- A new fencing token: whoever held the package before can commit nothing more.
update package set token = nextval('fencing_token') where id = %(id)s and next_step is not null
returning id, batch, ordinal, path, kind, key, aip, next_step, token, status, verdict, documents, pages, bytes,
          findings, files, released, finished_at;

-- step_done --
update package set
    next_step = %(next_step)s, status = %(status)s, verdict = %(verdict)s, key = %(key)s, aip = %(aip)s,
    path = %(path)s, documents = %(documents)s, pages = %(pages)s, bytes = %(bytes)s, findings = %(findings)s, files = %(files)s,
    finished_at = %(finished_at)s
where id = %(id)s and token = %(token)s
returning id;

-- no_wait_for_disk --
-- The steps before the store may be done again after a crash of the machine: no need to wait for the disk.
set local synchronous_commit = off;

-- release_package --
update package set next_step = %(first)s, status = 'queued', verdict = 'valid', findings = '[]', released = true,
    finished_at = null where id = %(id)s and next_step is null;

-- reopen_batch --
update batch set status = 'queued', finished_at = null where id = %(id)s;

-- new_event --
insert into event (id, package, aip, step, type, outcome, codes, agents, detail, time)
values (%(id)s, %(package)s, %(aip)s, %(step)s, %(type)s, %(outcome)s, %(codes)s, %(agents)s, %(detail)s, %(time)s)
on conflict (id) do nothing;

-- events_of_package --
select id, package, aip, step, type, outcome, codes, agents, detail, time from event
where package = %(package)s order by sequence;

-- events_of_aip --
-- With what happened to a package that became a new version before it was known that the AIP is held.
select id, package, aip, step, type, outcome, codes, agents, detail, time from event
where aip = %(aip)s or package in (select p.id from package p where p.aip = %(aip)s and p.status = 'stored')
order by sequence;

-- new_failure --
insert into failure (package, step, code, vi, en) values (%(package)s, %(step)s, %(code)s, %(vi)s, %(en)s);

-- last_failure --
select step, code, vi, en from failure where package = %(package)s order by time desc limit 1;

-- claim_key --
insert into claim (key, package) values (%(key)s, %(package)s) on conflict (key) do nothing;

-- claim_of --
select package from claim where key = %(key)s;

-- drop_claims --
delete from claim where package = %(package)s;

-- inherit_claim --
-- A package that came to its end without being stored has no use for its claim any more.
update claim set package = %(package)s from package p
where claim.key = %(key)s and p.id = claim.package and p.next_step is null;

-- upsert_agency --
insert into agency (code, name, block, level) values (%(code)s, %(name)s, %(block)s, %(level)s)
on conflict (code) do update set
    name = case when excluded.name <> excluded.code then excluded.name else agency.name end,
    block = coalesce(excluded.block, agency.block), level = coalesce(excluded.level, agency.level);

-- agency --
select code, name, block, level from agency where code = %(code)s;

-- agencies --
select code, name, block, level from agency order by code;

-- upsert_fonds --
insert into fonds (agency, code, name) values (%(agency)s, %(code)s, %(name)s)
on conflict (agency, code) do nothing;

-- fonds_all --
select f.agency, f.code, f.name, a.name as agency_name, a.block, a.level from fonds f
join agency a on a.code = f.agency order by f.agency, f.code;

-- new_aip --
insert into aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages,
                 bytes, findings, created_at, stored_at, submission_kind, submission_id)
values (%(id)s, %(key)s, %(agency)s, %(fonds)s, %(version)s, %(profile)s, %(fields)s, %(retention)s, %(mode)s,
        %(content_digest)s, %(documents)s, %(pages)s, %(bytes)s, %(findings)s, %(created_at)s, %(stored_at)s,
        %(submission_kind)s, %(submission_id)s);

-- update_aip --
-- A new version: the row tells the head; created_at and stored_at stay those of the first.
update aip set fonds = %(fonds)s, version = %(version)s, fields = %(fields)s, retention = %(retention)s,
    mode = %(mode)s, content_digest = %(content_digest)s, documents = %(documents)s, pages = %(pages)s,
    bytes = %(bytes)s, findings = %(findings)s, indexed_at = null
where id = %(id)s;

-- new_version --
insert into aip_version (aip, version, content_digest, stored_at)
values (%(aip)s, %(version)s, %(content_digest)s, %(stored_at)s);

-- version_with_content --
select version from aip_version where aip = %(aip)s and content_digest = %(digest)s limit 1;

-- version_of_aip --
select version from aip where id = %(id)s;

-- drop_documents --
delete from document where aip = %(aip)s;

-- drop_files --
delete from file where aip = %(aip)s;

-- drop_page_texts --
-- With what tells which numbers of persons stand on them.
with gone as (delete from mention where aip = %(aip)s), undrawn as (delete from mention_drawn where aip = %(aip)s)
delete from page_text where aip = %(aip)s;

-- new_document --
insert into document (id, aip, ordinal, fields, file)
values (%(id)s, %(aip)s, %(ordinal)s, %(fields)s, %(file)s);

-- new_file --
insert into file (aip, path, role, original_name, size, sha256, sha512, puid, mime, pages, facts)
values (%(aip)s, %(path)s, %(role)s, %(original_name)s, %(size)s, %(sha256)s, %(sha512)s, %(puid)s, %(mime)s,
        %(pages)s, %(facts)s);

-- new_page_text --
insert into page_text (aip, ordinal, page, text) values (%(aip)s, %(ordinal)s, %(page)s, %(text)s)
on conflict (aip, ordinal, page) do update set text = excluded.text;

-- aip --
select a.id, a.key, a.agency, g.name as agency_name, g.block, g.level, a.fonds, f.name as fonds_name, a.version,
       a.profile, a.fields, a.retention, a.mode, a.content_digest, a.documents, a.pages, a.bytes, a.findings,
       a.created_at, a.stored_at, a.indexed_at,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency join fonds f on f.agency = a.agency and f.code = a.fonds
where a.id = %(id)s;

-- aip_by_key --
select id, version, submission_kind, submission_id from aip where key = %(key)s;

-- batch_brought --
-- Whether this batch has stored that AIP: what came together is not a later state of itself.
select exists (select from package where batch = %(batch)s and aip = %(aip)s and status = 'stored');

-- aip_by_submission --
select id from aip where submission_kind = %(kind)s and submission_id = %(id)s and submission_id <> '' limit 1;

-- aips --
select a.id, a.key, a.agency, g.name as agency_name, g.block, g.level, a.fonds, f.name as fonds_name, a.version,
       a.profile, a.fields, a.retention, a.mode, a.content_digest, a.documents, a.pages, a.bytes, a.findings,
       a.created_at, a.stored_at, a.indexed_at,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency join fonds f on f.agency = a.agency and f.code = a.fonds
order by a.key;

-- aip_ids --
select id from aip order by id;

-- aips_to_index --
select id from aip where indexed_at is null order by id;

-- aips_of_fonds --
select id from aip where agency = %(agency)s and fonds = %(fonds)s order by id;

-- count_of_fonds --
select count(*) from aip where agency = %(agency)s and fonds = %(fonds)s;

-- aip_was_indexed --
update aip set indexed_at = %(time)s where id = %(id)s;

-- aip_needs_index --
update aip set indexed_at = null where agency = %(agency)s and fonds = %(fonds)s;

-- agency_needs_index --
update aip set indexed_at = null where agency = %(agency)s;

-- all_need_index --
update aip set indexed_at = null;

-- documents_of_aip --
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts, c.path as reading, c.pages as reading_pages, c.sha256 as reading_sha256,
       c.facts as reading_facts
from document d join file f on f.aip = d.aip and f.path = d.file
left join lateral (select path, pages, sha256, facts from file where aip = d.aip and facts ->> 'copy_of' = f.sha256
                   order by path limit 1) c on true
where d.aip = %(aip)s order by d.ordinal;

-- document --
select d.id, d.aip, d.ordinal, d.fields, d.file, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime,
       f.pages, f.facts, c.path as reading, c.pages as reading_pages, c.sha256 as reading_sha256,
       c.facts as reading_facts
from document d join file f on f.aip = d.aip and f.path = d.file
left join lateral (select path, pages, sha256, facts from file where aip = d.aip and facts ->> 'copy_of' = f.sha256
                   order by path limit 1) c on true
where d.id = %(id)s;

-- files_of_aip --
select path, role, original_name, size, sha256, sha512, puid, mime, pages, facts from file
where aip = %(aip)s order by path;

-- page_texts_of_aip --
select ordinal, page, text from page_text where aip = %(aip)s order by ordinal, page;

-- lock_oai --
-- One writer stamps at a time, and nobody lists meanwhile: no harvest passes over a stamp that is committed later.
select pg_advisory_xact_lock(19, 8);

-- try_read_oai --
select pg_try_advisory_xact_lock_shared(19, 8);

-- new_publication --
insert into publication (id, agency, fonds, basis, decided_by, decided_at)
values (%(id)s, %(agency)s, %(fonds)s, %(basis)s, %(decided_by)s, %(decided_at)s) on conflict (id) do nothing;

-- publications --
select id, agency, fonds, basis, decided_by, decided_at from publication order by sequence;

-- quarantined --
select p.id, p.batch, p.ordinal, p.path, p.kind, p.key, p.aip, p.next_step, p.token, p.status, p.verdict, p.documents,
       p.pages, p.bytes, p.findings, p.files, p.released, p.finished_at
from package p where p.status in ('quarantined', 'conflict', 'refused') and p.next_step is null
order by p.id;

-- queue_lengths --
select count(*) filter (where p.next_step is not null) as open_packages,
       (select count(*) from aip where indexed_at is null) as to_index,
       (select count(*) from package where status in ('quarantined', 'conflict') and next_step is null) as quarantined,
       (select count(*) from aip) as aips
from package p;

-- dump_agency --
select code, name, block, level from agency order by code collate "C";

-- dump_fonds --
select agency, code, name, opened_on, closed_on from fonds order by agency collate "C", code collate "C";

-- dump_batch --
select id, source, kind, mapping, agency, status, created_at, finished_at from batch
order by source collate "C", created_at, id;

-- dump_package --
select batch, ordinal, path, kind, key, aip, status, verdict, documents, pages, bytes, findings, files, released, finished_at
from package order by path collate "C", ordinal, batch;

-- dump_aip --
select id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages, bytes,
       findings, created_at, stored_at, submission_kind, submission_id
from aip order by key collate "C";

-- dump_aip_version --
select a.key as aip_key, v.aip, v.version, v.content_digest, v.stored_at from aip_version v
join aip a on a.id = v.aip order by a.key collate "C", length(v.version), v.version collate "C";

-- dump_document --
select a.key as aip_key, d.id, d.aip, d.ordinal, d.fields, d.file from document d join aip a on a.id = d.aip
order by a.key collate "C", d.ordinal;

-- dump_file --
select a.key as aip_key, f.aip, f.path, f.role, f.original_name, f.size, f.sha256, f.sha512, f.puid, f.mime, f.pages,
       f.facts
from file f join aip a on a.id = f.aip order by a.key collate "C", f.path collate "C";

-- dump_event --
select coalesce(a.key, p.key, '') as key, e.id, e.aip, p.batch, p.ordinal, e.step, e.type, e.outcome, e.codes,
       e.agents, e.detail, e.time
from event e left join aip a on a.id = e.aip left join package p on p.id = e.package
order by coalesce(a.key, p.key, '') collate "C", p.ordinal, e.sequence;

-- dump_publication --
select id, agency, fonds, basis, decided_by, decided_at from publication
order by agency collate "C", fonds collate "C", sequence;
