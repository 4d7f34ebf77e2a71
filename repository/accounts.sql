-- account_heading --
-- The row of a batch as its account keeps it; a source that is not UTF-8 only as bytes.
select id, source, encode(source_bytes, 'hex') as source_bytes, kind, mapping, agency, status, report, created_at,
       finished_at
from batch where id = %(batch)s;

-- account_packages --
-- Each package, with the version that it became and when.
select p.batch, p.ordinal, p.path, p.kind, p.key, p.aip, p.status, p.verdict, p.documents, p.pages, p.bytes, p.findings,
       p.files, p.released, p.finished_at, v.version, v.stored_at
from package p
left join event e on e.package = p.id and e.step = 'store' and p.status = 'stored'
left join aip_version v on v.aip = p.aip and v.version = e.detail ->> 'version'
where p.batch = %(batch)s order by p.ordinal;

-- account_events --
select p.batch, p.ordinal, e.id, e.sequence, e.aip, e.step, e.type, e.outcome, e.codes, e.agents, e.detail, e.time
from event e join package p on p.id = e.package where p.batch = %(batch)s order by e.sequence;

-- batches_without_account --
select b.id from batch b
where b.status = 'done' and not exists (
    select from copy c where c.location = 'primary' and c.object = 'urn:kho:batch:' || b.id)
order by b.created_at;

-- aips_without_texts --
-- After a rebuild: AIPs with pages that have text, and none of it here.
select distinct d.aip from document d join file f on f.aip = d.aip and (f.path = d.file or f.facts ? 'copy_of')
where f.facts -> 'text_pages' @> 'true' and not exists (select from page_text t where t.aip = d.aip) order by d.aip;
