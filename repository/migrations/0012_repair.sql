-- Repairs of copies: what was put back, from where, on whose word, and where the bad bytes are kept. Append-only.

create table repair (
    id uuid primary key,
    location text not null,
    object text not null,
    source text not null,
    outcome text not null check (outcome in ('good', 'failed')),
    witnesses jsonb not null,
    faults jsonb not null,
    replaced jsonb not null,
    quarantined jsonb not null,
    kept_in text not null,
    time timestamptz not null
);
grant select, insert on repair to {app};
select journal_watch('repair', 'repair', '{id,location,object,source,outcome,time}',
                     '{id,location,object,source,outcome,witnesses,faults,replaced,quarantined,kept_in,time}');
