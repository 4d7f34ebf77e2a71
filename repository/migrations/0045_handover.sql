-- Handovers: a frozen list, what the other side agreed to, and who holds a record since then. `way` is out, where this Kho
-- hands over, and in, where it received what another one handed over (`origin` is then the id that it has there).

create table handover (
    id uuid primary key references decision,
    way text not null check (way in ('out', 'in')),
    origin uuid not null,
    kind text not null check (kind in ('historical', 'successor', 'centre')),
    sender text not null,
    receiver text not null,
    basis text not null,
    status text not null check (status in ('frozen', 'settled', 'refused', 'withdrawn')),
    listed_by text not null,
    listed_at timestamptz not null,
    digest text not null,
    settled jsonb,
    unique (way, origin)
);

-- `aip` is empty in a line that came in and was refused before it became one; `term` is what the list says of its term.
create table handover_line (
    handover uuid not null references handover,
    ordinal int not null,
    aip text not null,
    key text not null,
    version text not null,
    documents int not null,
    files int not null,
    bytes bigint not null,
    digest text not null,
    term jsonb not null,
    state text not null check (state in ('frozen', 'accepted', 'refused')),
    reason text not null default '',
    primary key (handover, ordinal)
);
create index handover_line_aip on handover_line (aip);

-- Who holds one record, where that is not who holds its fonds.
create table record_custody (
    sequence bigint generated always as identity,
    aip text not null,
    custodian text not null,
    since date not null,
    handover uuid not null references handover,
    primary key (aip, handover)
);

grant select, insert, update on handover, handover_line to {app};
grant select, insert on record_custody to {app};
