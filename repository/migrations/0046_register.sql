-- The register of a fonds (chỉnh lý): its hồ sơ and documents, on paper or digital, as they are arranged: inventory, box,
-- number, title, term, loans. It says what lies where; what is preserved is not touched by it. An entry that belongs to a
-- preserved hồ sơ or document (`aip`, `document`) has in `fields` only what was said otherwise here.

create table register_entry (
    id uuid primary key,
    kind text not null check (kind in ('file', 'document')),
    agency text not null,
    fonds text not null,
    parent uuid,
    aip text not null default '',
    document text not null default '',
    fields jsonb not null,
    present boolean not null
);
create index register_entry_of on register_entry (agency, fonds, kind);
create index register_entry_parent on register_entry (parent) where parent is not null;
create index register_entry_aip on register_entry (aip) where aip <> '';

create table arrangement (
    id uuid primary key references decision,
    agency text not null,
    fonds text not null,
    what text not null,
    changed int not null,
    made_by text not null,
    made_at timestamptz not null,
    undoes uuid,
    undone_by uuid
);

-- What each act changed: the state of an entry before and after, null where it was not there.
create table register_change (
    arrangement uuid not null references arrangement,
    ordinal int not null,
    entry uuid not null,
    before jsonb,
    after jsonb,
    primary key (arrangement, ordinal)
);
create index register_change_entry on register_change (entry);

grant select, insert, update on register_entry, arrangement to {app};
grant select, insert on register_change to {app};
