-- Keys for programs, and what harvesters with a key of their own are told of.

-- A key acts for its account, in the scopes that it was given; what is kept of it is its digest.
create table api_key (
    id uuid primary key,
    account text not null references account,
    name text not null,
    digest text not null unique,
    scopes text[] not null,
    made_by text not null,
    made_at timestamptz not null,
    ends_on date,
    ended_by text,
    ended_at timestamptz,
    used_at timestamptz
);
create index api_key_account on api_key (account);
grant select, insert, update on api_key to {app};

-- may_see tells whose posts open content; a harvester's posts open metadata alone, by the same rule.
create function may_harvest(who text, body text, of_fonds text, access_mode text, on_day date) returns boolean
language sql stable as $$
    select (access_mode = '01' and exists (select from publication p where p.agency = body and p.fonds = of_fonds))
        or (who is not null and access_mode <> '03' and exists (
            select from post p
            join account u on u.id = p.account and u.state = 'active'
            left join agency g on g.code = body
            where p.account = who
              and p.role = 'harvester'
              and p.ended_at is null
              and on_day >= p.valid_from and (p.valid_to is null or on_day <= p.valid_to)
              and (p.agency is null or body = p.agency or starts_with(body, p.agency || '.'))
              and (p.fonds is null or p.fonds = of_fonds)
              and (p.block is null or p.block = coalesce(g.block, case
                    when body !~ '^.[0-9][0-9]' then '' when left(body, 1) = 'A' then 'Đảng'
                    when left(body, 1) = 'I' then 'Đoàn thể' else 'Chính quyền' end))
              and (p.level is null or p.level = g.level)
              and coalesce(nullif(access_mode, ''), '02') = any (p.modes)
              and (p.approved_at is not null or p.modes = array['01'])))
$$;

-- Two feeds of items: 'public' as before, and 'held' with every record that is held, for harvesters with a key. `ever`
-- has the modes that an item has or had ("01", "01+02"; all of them have to be open): who could never have seen it
-- is told nothing of it, not even that it is gone.
alter table oai_member drop constraint oai_member_item_fkey;
alter table oai_member drop constraint oai_member_pkey;
alter table oai_member drop constraint oai_member_spec_fkey;
alter table oai_item drop constraint oai_item_pkey;
alter table oai_set drop constraint oai_set_pkey;
alter table oai_item add column feed text not null default 'public' check (feed in ('public', 'held')),
    add column agency text not null default '', add column fonds text not null default '',
    add column ever text[] not null default '{}';
alter table oai_set add column feed text not null default 'public';
alter table oai_member add column feed text not null default 'public';
alter table oai_item add primary key (feed, id);
alter table oai_set add primary key (feed, spec);
alter table oai_member add primary key (feed, spec, stamped_at, item);
alter table oai_member add foreign key (feed, item) references oai_item (feed, id);
alter table oai_member add foreign key (feed, spec) references oai_set (feed, spec);
drop index oai_item_order;
create index oai_item_order on oai_item (feed, stamped_at, id);
drop index oai_member_item;
create index oai_member_item on oai_member (feed, item);

-- Whether a harvester's account may be told of an item of either feed, now or as it was.
create function may_be_told(who text, of_feed text, body text, of_fonds text, modes text[], on_day date) returns boolean
language sql stable as $$
    select of_feed = 'public' or exists (
        select from unnest(modes) as once
        where not exists (select from unnest(string_to_array(once, '+')) as mode
                          where not may_harvest(who, body, of_fonds, mode, on_day)))
$$;

-- Every record gets its item in the feed of those that are held.
update aip set indexed_at = null;
