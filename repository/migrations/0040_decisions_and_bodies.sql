-- Decisions (each an administrative object in storage first), and the bodies that make and hold records, over time.

create table decision (
    id uuid primary key,
    sequence bigint generated always as identity,
    kind text not null,
    decided_by text not null,
    decided_at timestamptz not null,
    record jsonb not null
);
create index decision_kind on decision (kind, decided_at);

-- A decision on its way into storage. A row that no living process holds is settled by the next one that decides.
create table decision_pending (
    id uuid primary key,
    record jsonb not null
);

-- What a decision is about: an AIP, or all of a fonds ('' for every fonds) of a body.
create table decision_about (
    decision uuid not null references decision,
    agency text not null default '',
    fonds text not null default '',
    aip text not null default '',
    primary key (decision, agency, fonds, aip)
);
create index decision_about_aip on decision_about (aip) where aip <> '';
create index decision_about_agency on decision_about (agency, fonds) where aip = '';

-- What is true of a body from a day to a day, both included. 0001-01-01: since an unknown day; null: still.
create table agency_fact (
    agency text not null references agency,
    kind text not null check (kind in ('life', 'name', 'code', 'block', 'level', 'superior')),
    value text not null,
    valid_from date not null default '0001-01-01',
    valid_to date,
    primary key (agency, kind, valid_from)
);

create table agency_event (
    id uuid primary key,
    type text not null check (
        type in ('established', 'renamed', 'recoded', 'reordered', 'merged_into', 'split_into', 'dissolved',
                 'custody_moved')),
    date date not null,
    agency text not null references agency,
    other text not null default '',
    basis text not null
);
create index agency_event_agency on agency_event (agency, date);

-- Who holds a fonds since when; fonds '' is every fonds of the body, also one that comes later.
create table custody (
    agency text not null references agency,
    fonds text not null default '',
    custodian text not null references agency,
    since date not null,
    primary key (agency, fonds, since)
);

alter table fonds add column opened_on date;
alter table fonds add column closed_on date;

-- Acts that two persons make: planned by one, approved by another, carried out once.
create table act (
    id uuid primary key,
    kind text not null,
    status text not null check (status in ('planned', 'approved', 'withdrawn', 'carried-out')),
    planned_by text not null,
    approved_by text,
    record jsonb not null
);

insert into decision (id, kind, decided_by, decided_at, record)
select id, 'publication', decided_by, decided_at, jsonb_build_object(
    'schema', 1, 'decision', 'publication', 'id', id::text, 'agency', agency, 'fonds', fonds, 'basis', basis,
    'decided_by', decided_by, 'decided_at',
    to_char(decided_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+07:00"'))
from publication order by sequence;
insert into decision_about (decision, agency, fonds) select id, agency, fonds from publication;

grant select, insert on decision, decision_about, agency_event to {app};
grant select, insert, delete on decision_pending to {app};
grant select, insert, update on agency_fact, custody, act to {app};
grant usage on all sequences in schema public to {app};
