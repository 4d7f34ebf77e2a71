-- Corrected descriptions: each a decision first, then part of a new version of its AIP. Corrections wait for one another: an
-- AIP gets at most one new version a day, unless a person asks. `applied`: the version that holds it is in the store.

create table correction (
    decision uuid primary key references decision,
    aip text not null,
    sequence bigint generated always as identity,
    applied boolean not null default false
);
create index correction_waiting on correction (aip, sequence) where not applied;
create index correction_aip on correction (aip);
grant select, insert, update on correction to {app};
grant usage on all sequences in schema public to {app};
