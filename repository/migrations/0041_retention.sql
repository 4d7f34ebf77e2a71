-- Retention: schedules over time, the terms that persons decided, and the events that terms wait for.

create table retention_rule (
    schedule text not null,
    code text not null,
    title text not null,
    grouped text not null default '',
    subcase text not null default '',
    kind text not null check (kind in ('permanent', 'years', 'years_after_event', 'until_superseded', 'life_of_asset')),
    years int check (years > 0),
    trigger text not null default '',
    maintenance text not null default '',
    disposition text not null default '',
    legal_basis text not null,
    status text not null check (status in ('in_force', 'superseded')),
    valid_from date,
    valid_to date,
    blocks jsonb not null default '[]',
    levels jsonb not null default '[]',
    evidence text not null default '',
    decision uuid not null references decision,
    primary key (schedule, code)
);

-- What was decided about the term of a hồ sơ; the newest row counts. It keeps its own copy of the rule, so that a later
-- schedule changes nothing.
create table retention_term (
    aip text not null,
    decision uuid not null references decision,
    sequence bigint generated always as identity,
    kind text not null,
    years int,
    schedule text,
    code text,
    title text,
    legal_basis text,
    rule_from date,
    rule_to date,
    closed_year int,
    reason text not null,
    decided_by text not null,
    decided_at timestamptz not null,
    primary key (aip, decision)
);
create index retention_term_aip on retention_term (aip, sequence desc);

-- The event that a term counts from: a contract ended, an asset was retired, a document was superseded.
create table retention_event (
    aip text not null,
    decision uuid not null references decision,
    date date not null,
    what text not null,
    primary key (aip, decision)
);

grant select, insert, update on retention_rule to {app};
grant select, insert on retention_term, retention_event to {app};
grant usage on all sequences in schema public to {app};
