-- Who may sign in, and what each may see. A post is what somebody is entrusted with: a role over a part of the tree of
-- bodies, for a time. A post that opens closed records counts only once a second person has approved it.
-- No row of a post is ever changed but for its approval and its end.

create table account (
    id text primary key,
    name text not null,
    password text,
    must_change boolean not null default true,
    state text not null default 'active' check (state in ('active', 'disabled')),
    failures int not null default 0,
    locked_until timestamptz,
    created_at timestamptz not null,
    signed_in_at timestamptz
);

create table post (
    id uuid primary key,
    account text not null references account,
    role text not null,
    agency text,
    fonds text,
    block text,
    level text,
    modes text[] not null,
    valid_from date not null,
    valid_to date,
    basis text not null,
    granted_by text not null,
    granted_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    check (approved_by is null or approved_by <> granted_by)
);
create index post_account on post (account);

create table sign_in (
    token text primary key,
    account text not null references account,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null
);
create index sign_in_account on sign_in (account);

-- Which closed record was opened by whom and when: ids alone.
create table view (
    sequence bigint generated always as identity,
    account text not null,
    record text not null,
    door text not null,
    time timestamptz not null
);
create index view_account on view (account, time);

-- The one answer to "may this account see a record of this body, fonds and access mode on this day"; null is the public.
-- The roles are those that see content (repository/permissions.py tells the same in Python; a test compares the two).
create function may_see(who text, body text, of_fonds text, access_mode text, on_day date) returns boolean
language sql stable as $$
    select (access_mode = '01' and exists (select from publication p where p.agency = body and p.fonds = of_fonds))
        or (who is not null and access_mode <> '03' and exists (
            select from post p
            join account u on u.id = p.account and u.state = 'active'
            left join agency g on g.code = body
            where p.account = who
              and p.role in ('archive-manager', 'records-officer', 'reviewer', 'preservation-officer', 'researcher')
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

-- The index tells from now on whether an entry is public and which mode its hồ sơ has: all of it is indexed again.
update aip set indexed_at = null;

grant select, insert, update on account, post to {app};
grant select, insert, update, delete on sign_in to {app};
grant select, insert on view to {app};
