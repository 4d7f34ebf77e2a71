-- Numbers of persons (9 and 12 digits): where they stand, by a keyed digest (HMAC) whose key is not in the database; every
-- search for one with its purpose and basis; and the alarm that a burst of views raises.

create table mention (
    mac text not null,
    aip text not null,
    ordinal int not null,
    page int not null,
    primary key (mac, aip, ordinal, page)
);
create index mention_aip on mention (aip);
create table mention_drawn (aip text primary key);

create table identifier_search (
    id uuid primary key,
    account text not null,
    mac text not null,
    purpose text not null check (purpose <> ''),
    basis text not null check (basis <> ''),
    found int not null,
    time timestamptz not null
);

create table view_alarm (
    id uuid primary key,
    account text not null,
    views int not null,
    minutes int not null,
    raised_at timestamptz not null,
    seen_by text,
    seen_at timestamptz
);
create index view_alarm_account on view_alarm (account, raised_at);

grant select, insert, delete on mention, mention_drawn to {app};
grant select, insert on identifier_search to {app};
grant select, insert, update on view_alarm to {app};

-- Whether an account may find a record by the numbers of persons in it: it sees the record, and a post that covers it opens
-- "personal" too, which counts only once a second person has approved it.
create function may_find_person(who text, body text, of_fonds text, access_mode text, on_day date) returns boolean
language sql stable as $$
    select who is not null and may_see(who, body, of_fonds, access_mode, on_day) and exists (
        select from post p
        join account u on u.id = p.account and u.state = 'active'
        left join agency g on g.code = body
        where p.account = who
          and p.role in ('archive-manager', 'records-officer', 'reviewer', 'preservation-officer', 'researcher')
          and p.ended_at is null and p.approved_at is not null
          and on_day >= p.valid_from and (p.valid_to is null or on_day <= p.valid_to)
          and (p.agency is null or body = p.agency or starts_with(body, p.agency || '.'))
          and (p.fonds is null or p.fonds = of_fonds)
          and (p.block is null or p.block = coalesce(g.block, case
                when body !~ '^.[0-9][0-9]' then '' when left(body, 1) = 'A' then 'Đảng'
                when left(body, 1) = 'I' then 'Đoàn thể' else 'Chính quyền' end))
          and (p.level is null or p.level = g.level)
          and 'personal' = any (p.modes))
$$;
