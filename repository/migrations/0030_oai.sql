-- What harvesters are told of (OAI-PMH 2.0): every item that was ever public, with the time of its last change. An item
-- is never removed: what is no longer public is told as deleted (deletedRecord "persistent").
-- oai_member holds the sets that an item is in, the ones above them too, in the order in which they are harvested.

create table oai_item (
    id text primary key,
    aip text not null,
    ordinal int,
    digest text not null,
    deleted boolean not null,
    sets text[] not null,
    stamped_at timestamptz not null
);
create index oai_item_order on oai_item (stamped_at, id);
create index oai_item_aip on oai_item (aip);

create table oai_set (
    spec text primary key,
    name text not null
);

create table oai_member (
    spec text not null references oai_set,
    stamped_at timestamptz not null,
    item text not null references oai_item,
    primary key (spec, stamped_at, item)
);
create index oai_member_item on oai_member (item);

grant select, insert, update on oai_item, oai_set to {app};
grant select, insert, delete on oai_member to {app};
