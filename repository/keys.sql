-- new_key --
insert into api_key (id, account, name, digest, scopes, made_by, made_at, ends_on)
values (%(id)s, %(account)s, %(name)s, %(digest)s, %(scopes)s, %(made_by)s, %(made_at)s, %(ends_on)s);

-- key_of_digest --
-- Of an account that is not disabled.
select k.id, k.account, k.name, k.scopes, k.made_by, k.made_at, k.ends_on, k.ended_by, k.ended_at, k.used_at
from api_key k join account u on u.id = k.account and u.state = 'active' where k.digest = %(digest)s;

-- keys --
select id, account, name, scopes, made_by, made_at, ends_on, ended_by, ended_at, used_at from api_key
order by account, made_at, id;

-- key_was_used --
update api_key set used_at = %(time)s where id = %(id)s;

-- end_key --
update api_key set ended_by = %(by)s, ended_at = %(time)s where id = %(id)s and ended_at is null
returning account;
