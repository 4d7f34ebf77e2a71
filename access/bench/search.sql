-- search_body --
insert into agency (code, name, block, level) values (%(code)s, %(name)s, 'Chính quyền', 'Xã, phường');

-- search_fonds --
insert into fonds (agency, code, name) values (%(code)s, 'P1', %(name)s);

-- search_publication --
insert into publication (id, agency, fonds, basis, decided_by, decided_at)
values (gen_random_uuid(), %(code)s, 'P1', 'bench', 'bench', now());

-- search_aips --
insert into aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages,
                 bytes, created_at, stored_at, indexed_at)
select 'urn:uuid:' || gen_random_uuid(), g.code || '/' || n, g.code, 'P1', 'v1', 'eark',
       jsonb_build_object('fileCode', n::text, 'title', 'Hồ sơ số ' || n, 'mode', case when n %% 5 = 0 then '02' else '01' end),
       '{}', case when n %% 5 = 0 then '02' else '01' end, n::text, %(each)s, %(each)s, 1, now(), now(), now()
from generate_series(1, %(files)s) n
join (select code, row_number() over (order by code) - 1 as number from agency) g on g.number = n %% %(bodies)s;

-- search_documents --
insert into document (id, aip, ordinal, fields, file)
select a.id || '#' || lpad(o::text, 7, '0'), a.id, o, '{}', 'x' || o from aip a cross join generate_series(1, %(each)s) o;

-- search_entries --
select a.id, a.agency, g.name, a.mode,
       exists (select from publication p where p.agency = a.agency and p.fonds = a.fonds) as published
from aip a join agency g on g.code = a.agency order by a.content_digest::int;

-- search_analyse --
analyze;
