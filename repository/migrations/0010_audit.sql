-- Audits: when each copy of each object was last proved, and by what. A copy that could not be read was not checked: its
-- `tried_at` moves on, its `checked_at` stays. The history can be written and read, and neither changed nor deleted.

create table audit_state (
    location text not null,
    object text not null,
    bytes bigint not null default 0,
    tried_at timestamptz,
    checked_at timestamptz,
    deep_at timestamptz,
    outcome text not null default 'unchecked' check (outcome in ('unchecked', 'good', 'bad')),
    primary key (location, object)
);
create index audit_plan on audit_state (tried_at nulls first, location, object);
create index audit_bad on audit_state (location, object) where outcome = 'bad';

create table audit_run (
    id uuid primary key,
    started_at timestamptz not null,
    ended_at timestamptz,
    scope jsonb not null
);

create table audit_check (
    id bigint generated always as identity primary key,
    run uuid not null references audit_run,
    location text not null,
    object text not null,
    depth text not null check (depth in ('quick', 'deep')),
    outcome text not null check (outcome in ('good', 'bad', 'skipped')),
    version text not null default '',
    inventory text not null default '',
    files int not null default 0,
    bytes bigint not null default 0,
    faults jsonb not null default '[]',
    reason text not null default '',
    time timestamptz not null
);
create index audit_check_object on audit_check (object, location, id);
create index audit_check_run on audit_check (run, outcome);

-- When each location was last gone through for what nothing records.
create table audit_location (
    location text primary key,
    swept_at timestamptz not null
);

-- What the inventory of each version was when it was stored (or, of an older catalogue, first seen): who changes a
-- package and its inventory together is found all the same.
create table known_inventory (
    object text not null,
    version text not null,
    sha512 text not null,
    source text not null check (source in ('stored', 'audit')),
    time timestamptz not null,
    primary key (object, version)
);

grant select, insert, update, delete on audit_state to {app};
grant select, insert, update on audit_run, audit_location to {app};
grant select, insert on audit_check, known_inventory to {app};
grant usage on all sequences in schema public to {app};
