-- Where the packages lie: the storage locations, and which version of which object each of them holds. An object is an AIP
-- or an administrative object (urn:kho:...); `copy` is what Kho knows of it, the location itself has the last word.

create table location (
    name text primary key,
    url text not null,
    kind text not null check (kind in ('file', 's3')),
    role text not null check (role in ('primary', 'replica', 'offline')),
    state text not null check (state in ('online', 'away')),
    label text not null default '',
    added_at timestamptz not null
);
insert into location (name, url, kind, role, state, added_at) values ('primary', '', 'file', 'primary', 'online', now());

create table copy (
    location text not null references location,
    object text not null,
    version int not null,
    written_at timestamptz not null,
    verified_at timestamptz,
    primary key (location, object)
);
create index copy_object on copy (object);
insert into copy (location, object, version, written_at)
select 'primary', id, substr(version, 2)::int, stored_at from aip;
insert into copy (location, object, version, written_at)
select 'primary', 'urn:kho:decision:' || id, 1, decided_at from publication;

grant select, insert, update on location to {app};
grant select, insert, update, delete on copy to {app};
