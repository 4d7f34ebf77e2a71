-- Spills: a secret found late. `packages` are the packages that brought it in, with their batches: what is to be scrubbed.

create table spill (
    id uuid primary key references decision,
    aip text not null,
    status text not null check (status in ('reported', 'purging', 'purged')),
    reported_by text not null,
    packages jsonb not null default '[]'
);

grant select, insert, update on spill to {app};
