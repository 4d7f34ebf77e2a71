-- save_search --
insert into saved_search (id, account, name, address, made_at)
select %(id)s, %(account)s, %(name)s, %(address)s, %(time)s
where (select count(*) from saved_search where account = %(account)s) < %(most)s
   or exists (select from saved_search where account = %(account)s and name = %(name)s)
on conflict (account, name) do update set address = excluded.address, made_at = excluded.made_at
returning id;

-- saved_searches --
select id, name, address, made_at from saved_search where account = %(account)s order by name, id;

-- drop_saved_search --
delete from saved_search where account = %(account)s and id = %(id)s;
