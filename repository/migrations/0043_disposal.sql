-- Disposal: lists under review, verdicts, approvals; what was destroyed leaves a tombstone with ids alone.

create table disposal (
    id uuid primary key references decision,
    procedure text not null,
    agency text not null,
    block text not null,
    status text not null check (
        status in ('under-review', 'decided', 'approved', 'withdrawn', 'complete')),
    listed_by text not null,
    listed_on date not null,
    council jsonb not null default '[]',
    verdict jsonb,
    opinion jsonb,
    approval jsonb,
    approved_at timestamptz,
    completed_at timestamptz
);

create table disposal_line (
    disposal uuid not null references disposal,
    ordinal int not null,
    aip text not null,
    key text not null,
    ground text not null check (ground in ('expired', 'duplicate')),
    state text not null check (state in ('listed', 'keep', 'transfer', 'approved', 'destroying', 'destroyed')),
    reason text not null default '',
    dissent jsonb not null default '[]',
    years int,
    primary key (disposal, aip)
);
create index disposal_line_aip on disposal_line (aip);

-- What is gone: no name, no title, no description.
create table tombstone (
    aip text primary key,
    key text not null,
    agency text not null,
    fonds text not null,
    disposal uuid,
    decision uuid not null references decision,
    destroyed_at timestamptz not null
);
create index tombstone_key on tombstone (key);

-- Copies in locations that were not at hand when the rest was destroyed.
create table awaiting_purge (
    aip text not null,
    location text not null,
    primary key (aip, location)
);

-- A record that another one must not outlive.
create table record_link (
    aip text not null,
    other text not null,
    decision uuid not null references decision,
    primary key (aip, other)
);

-- Exports that Kho made: a destroyed record is looked for there too. `digest` is the sha256 of the file `witness` in it.
create table aip_export (
    aip text not null,
    path text not null,
    format text not null,
    witness text not null,
    digest text not null,
    made_at timestamptz not null,
    primary key (aip, path)
);

grant select, insert, update on disposal, disposal_line, tombstone to {app};
grant select, insert, delete on awaiting_purge to {app};
grant select, insert, update, delete on record_link, aip_export to {app};
grant delete on aip, aip_version, claim to {app};
