-- Searches that an account keeps. What a search finds is decided anew each time.
create table saved_search (
    id uuid primary key,
    account text not null references account,
    name text not null,
    address text not null,
    made_at timestamptz not null,
    unique (account, name)
);
grant select, insert, update, delete on saved_search to {app};

-- The index has fields to sort by and to search in from now on: all of it is indexed again.
update aip set indexed_at = null;
