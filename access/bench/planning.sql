-- planning_bodies --
insert into agency (code, name) select 'H26.' || n, 'Cơ quan số ' || n from generate_series(1, 500) n;

-- planning_fonds --
insert into fonds (agency, code, name) select code, 'P1', 'Phông ' || name from agency;

-- planning_location --
insert into location (name, url, kind, role, state, added_at)
values ('replica', 'file:///nowhere/replica', 'file', 'replica', 'online', now());

-- planning_aips --
insert into aip (id, key, agency, fonds, version, profile, fields, retention, mode, content_digest, documents, pages, bytes, created_at,
                 stored_at, indexed_at)
select 'urn:uuid:' || gen_random_uuid(), 'H26.' || (n %% 500 + 1) || '/' || n, 'H26.' || (n %% 500 + 1), 'P1', 'v1', 'eark',
       jsonb_build_object('title', 'Hồ sơ số ' || n, 'endDate', (1990 + n %% 35)::text),
       jsonb_build_object('code', lpad((n %% 6 + 1)::text, 2, '0'), 'text', '', 'years', (array[null, 70, 50, 30, 20, 10])[n %% 6 + 1],
                          'permanent', n %% 6 = 0, 'basis', ''),
       '01', n::text, 8, 40, 8000000 + n, t, t, t
from (select n, now() - (n %% 1500) * interval '1 day' as t from generate_series(1, %(count)s) n) made;

-- planning_versions --
insert into aip_version (aip, version, content_digest, stored_at) select id, 'v1', content_digest, stored_at from aip;

-- planning_files --
insert into file (aip, path, role, original_name, size, sha256, sha512, puid, mime, pages, facts)
select id, 'representations/rep1/data/1.pdf', 'content', '1.pdf', bytes, content_digest, content_digest, 'fmt/477', 'application/pdf', 40,
       '{"pdfa_claim": "2b", "pdfa_verdict": "passed"}' from aip;

-- planning_copies --
insert into copy (location, object, version, written_at) select l.name, a.id, 1, a.stored_at from aip a cross join location l;

-- planning_states --
-- Read some day within the last hundred days, one of a thousand never, one of a hundred thousand bad.
insert into audit_state (location, object, bytes, tried_at, checked_at, deep_at, outcome)
select c.location, c.object, 8000000, t, t, t - interval '30 days', case when n %% 100000 = 7 then 'bad' else 'good' end
from (select c.*, row_number() over () as n from copy c) c
cross join lateral (select case when n %% 1000 <> 3 then now() - (n %% 100) * interval '1 day' end as t) at;

-- planning_run --
insert into audit_run (id, started_at, ended_at, scope) values ('00000000-0000-4000-8000-000000000001', now(), now(), '{}');

-- planning_checks --
insert into audit_check (run, location, object, depth, outcome, version, files, bytes, time)
select '00000000-0000-4000-8000-000000000001', location, object, 'deep', outcome, 'v1', 9, 8000000, checked_at
from audit_state where checked_at is not null;

-- planning_inventories --
insert into known_inventory (object, version, sha512, source, time) select id, 'v1', content_digest, 'stored', stored_at from aip;

-- planning_quiet --
-- Rows that are made in masses are not journalled one by one: what is measured is not the sealing.
alter table audit_check disable trigger journal;

-- planning_quiet_too --
alter table known_inventory disable trigger journal;

-- planning_analyse --
vacuum analyze;
