-- The catalogue: deliveries being taken in, the AIPs that are held, what happened to them, and what may be seen.
-- The owner role runs this; the application role {app} gets only what it needs, and can neither change nor
-- delete what is written in the journal (event, publication).

create table agency (
    code text primary key,
    name text not null,
    block text,
    level text
);

create table fonds (
    agency text not null references agency,
    code text not null,
    name text not null,
    primary key (agency, code)
);

create sequence batch_number;

create table batch (
    id text primary key,
    source text not null,
    source_bytes bytea not null,
    kind text not null,
    mapping text,
    agency text,
    status text not null check (status in ('queued', 'done')),
    report jsonb not null,
    created_at timestamptz not null,
    finished_at timestamptz
);
create index batch_open on batch (source_bytes) where status = 'queued';

create sequence fencing_token;

create table package (
    id bigint generated always as identity primary key,
    batch text not null references batch,
    ordinal int not null,
    path text not null,
    kind text not null,
    key text,
    aip text not null,
    next_step text,
    token bigint not null default 0,
    status text not null check (
        status in ('queued', 'checked', 'stored', 'already-held', 'conflict', 'quarantined', 'refused')),
    verdict text not null check (verdict in ('valid', 'valid-with-warning', 'invalid', 'quarantined')),
    documents int not null default 0,
    pages int not null default 0,
    bytes bigint not null default 0,
    findings jsonb not null default '[]',
    files jsonb not null default '[]',
    released boolean not null default false,
    finished_at timestamptz,
    unique (batch, ordinal)
);
create index package_open on package (batch, ordinal) where next_step is not null;
create index package_quarantined on package (id) where status in ('quarantined', 'conflict', 'refused');

-- Who may bring a key into the store: one package at a time, so that a hồ sơ is never stored twice.
create table claim (
    key text primary key,
    package bigint not null references package
);

create table aip (
    id text primary key,
    key text not null unique,
    agency text not null references agency,
    fonds text not null,
    version text not null,
    profile text not null,
    fields jsonb not null,
    retention jsonb not null,
    mode text not null,
    content_digest text not null,
    documents int not null,
    pages int not null,
    bytes bigint not null,
    findings jsonb not null default '[]',
    created_at timestamptz not null,
    stored_at timestamptz not null,
    indexed_at timestamptz,
    foreign key (agency, fonds) references fonds (agency, code)
);
create index aip_fonds on aip (agency, fonds);

create table document (
    id text primary key,
    aip text not null references aip,
    ordinal int not null,
    fields jsonb not null,
    file text not null,
    unique (aip, ordinal)
);

create table file (
    aip text not null references aip,
    path text not null,
    role text not null check (role in ('content', 'documentation', 'submission', 'metadata', 'schema')),
    original_name text,
    size bigint not null,
    sha256 text not null,
    sha512 text not null,
    puid text,
    mime text,
    pages int,
    facts jsonb not null default '{}',
    primary key (aip, path)
);

-- The text of each page, drawn from the stored files: a cache for the index, made again from the store at need.
create table page_text (
    aip text not null references aip,
    ordinal int not null,
    page int not null,
    text text not null,
    primary key (aip, ordinal, page)
);

create table event (
    id uuid primary key,
    sequence bigint generated always as identity,
    package bigint references package,
    aip text,
    step text not null,
    type text not null,
    outcome text not null check (outcome in ('success', 'warning', 'failure')),
    codes jsonb not null default '[]',
    agents jsonb not null default '[]',
    detail jsonb not null default '{}',
    time timestamptz not null
);
create index event_aip on event (aip, sequence);
create index event_package on event (package, sequence);

-- What went wrong while a step was tried: for operators; no part of a record's history.
create table failure (
    package bigint not null references package,
    step text not null,
    code text not null,
    vi text not null,
    en text not null,
    time timestamptz not null default now()
);

create table publication (
    id uuid primary key,
    sequence bigint generated always as identity,
    agency text not null,
    fonds text not null,
    basis text not null,
    decided_by text not null,
    decided_at timestamptz not null
);
create index publication_fonds on publication (agency, fonds);

grant usage on schema public to {app};
grant usage on all sequences in schema public to {app};
grant select, insert, update on agency, fonds, batch, package, aip, document, file to {app};
grant select, insert, update, delete on claim, page_text to {app};
grant select, insert on event, publication, failure to {app};
