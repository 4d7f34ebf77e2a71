-- bench_body --
insert into agency (code, name, block, level) values ('H26.99.07', 'Ủy ban nhân dân xã Tân Mẫu', 'Chính quyền', 'Xã, phường');

-- bench_fonds --
insert into fonds (agency, code, name) values ('H26.99.07', 'P9907', 'Phông Ủy ban nhân dân xã Tân Mẫu');

-- bench_publication --
insert into publication (id, agency, fonds, basis, decided_by, decided_at)
values (gen_random_uuid(), 'H26.99.07', 'P9907', 'bench', 'bench', now());

-- bench_aips --
insert into aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages,
                 bytes, created_at, stored_at, indexed_at)
select 'urn:uuid:' || gen_random_uuid(), 'H26.99.07/' || n, 'H26.99.07', 'P9907', 'v1', 'eark',
       jsonb_build_object('fileCode', n::text, 'title', 'Hồ sơ số ' || n || ' về việc cấp giấy chứng nhận',
                          'language', '01', 'mode', '01', 'maintenance', '01', 'startDate', '2001', 'endDate', '2003-12-31'),
       '{}', '01', n::text, 1, 1, 1, now(), now(), now()
from generate_series(1, %(count)s) n;

-- bench_items --
-- Stamped over as many days as there are thousands, as a city's archive fills.
insert into oai_item (id, aip, ordinal, digest, deleted, sets, stamped_at)
select id, id, null, '', false, array['kind:hoso', 'fonds:H26.99.07:P9907'],
       date_trunc('second', now()) - (content_digest::bigint / 1000 + 1) * interval '1 day'
from aip;

-- bench_sets --
insert into oai_set (spec, name) values ('kind', ''), ('kind:hoso', ''), ('fonds', ''), ('fonds:H26.99.07', ''),
    ('fonds:H26.99.07:P9907', '');

-- bench_members --
insert into oai_member (spec, stamped_at, item) select s.spec, i.stamped_at, i.id from oai_item i cross join oai_set s;

-- bench_analyse --
analyze;
