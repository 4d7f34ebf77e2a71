-- new_handover --
insert into handover (id, way, origin, kind, sender, receiver, basis, status, listed_by, listed_at, digest)
values (%(id)s, %(way)s, %(origin)s, %(kind)s, %(sender)s, %(receiver)s, %(basis)s, 'frozen', %(listed_by)s, %(time)s,
        %(digest)s)
on conflict (id) do nothing;

-- new_handover_line --
insert into handover_line (handover, ordinal, aip, key, version, documents, files, bytes, digest, term, state)
values (%(handover)s, %(ordinal)s, %(aip)s, %(key)s, %(version)s, %(documents)s, %(files)s, %(bytes)s, %(digest)s,
        %(term)s, 'frozen')
on conflict (handover, ordinal) do nothing;

-- handover_settled --
update handover set status = %(status)s, settled = %(settled)s where id = %(id)s;

-- handover_line_settled --
update handover_line set state = %(state)s, reason = %(reason)s where handover = %(handover)s and key = %(key)s;

-- new_record_custody --
insert into record_custody (aip, custodian, since, handover) values (%(aip)s, %(custodian)s, %(since)s, %(handover)s)
on conflict do nothing;

-- record_needs_index --
update aip set indexed_at = null where id = %(aip)s;

-- record_custodian --
-- Who holds one record by a handover, on a day.
select custodian from record_custody where aip = %(aip)s and since <= %(on)s order by since desc, sequence desc limit 1;

-- handover --
select id, way, origin, kind, sender, receiver, basis, status, listed_by, listed_at, digest, settled from handover
where id = %(id)s;

-- handovers --
select id, way, origin, kind, sender, receiver, basis, status, listed_by, listed_at, digest, settled from handover
order by listed_at, id;

-- handover_lines --
select handover, ordinal, aip, key, version, documents, files, bytes, digest, term, state, reason from handover_line
where handover = %(id)s order by ordinal;

-- frozen_records --
-- The records of lists that are frozen and not settled: of some, or of all where it is null.
select l.aip from handover_line l join handover h on h.id = l.handover
where h.status = 'frozen' and (%(ids)s::text[] is null or l.aip = any(%(ids)s));

-- frozen_keys --
select l.key from handover_line l join handover h on h.id = l.handover where h.way = 'out' and h.status = 'frozen';

-- content_of_aips --
-- The content of records: how many files and bytes, and the sha256 of each, sorted.
select a.id, a.key, a.agency, a.fonds, a.fields, a.version, a.documents, count(f.path) as files,
       coalesce(sum(f.size), 0)::bigint as bytes,
       coalesce(string_agg(f.sha256, ',' order by f.sha256 collate "C"), '') as digests
from aip a left join file f on f.aip = a.id and f.role = 'content'
where a.id = any(%(ids)s) or a.key = any(%(keys)s)
group by a.id, a.key, a.agency, a.fonds, a.fields, a.version, a.documents order by a.key;

-- sealed_of_agencies --
-- How many packages with a secrecy mark these bodies delivered: they are handed over apart from the rest.
select count(*) from package p join batch b on b.id = p.batch
where b.agency = any(%(agencies)s) and p.status = 'quarantined' and p.findings @> '[{"code": "DLV-SEALED"}]';

-- dump_handover --
select id, way, origin, kind, sender, receiver, basis, status, listed_by, listed_at, digest, settled from handover
order by listed_at, id;

-- dump_handover_line --
select l.handover, l.ordinal, l.aip, l.key, l.version, l.documents, l.files, l.bytes, l.digest, l.term, l.state, l.reason
from handover_line l join handover h on h.id = l.handover order by h.listed_at, h.id, l.ordinal;

-- dump_record_custody --
select aip, custodian, since, handover from record_custody order by sequence;
