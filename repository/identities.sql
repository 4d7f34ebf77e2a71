-- new_identity --
-- A person of a provider; entering the same again unbinds it.
insert into identity (issuer, username, account, made_by, made_at)
values (%(issuer)s, %(username)s, %(account)s, %(by)s, %(time)s)
on conflict (issuer, username) do update set account = excluded.account, subject = null, bound_at = null,
    made_by = excluded.made_by, made_at = excluded.made_at;

-- identity_of_subject --
select i.account from identity i join account u on u.id = i.account and u.state = 'active'
where i.issuer = %(issuer)s and i.subject = %(subject)s;

-- bind_identity --
-- The first sign-in of a person whom an administrator has named.
update identity i set subject = %(subject)s, bound_at = %(time)s
from account u where u.id = i.account and u.state = 'active'
  and i.issuer = %(issuer)s and i.username = %(username)s and i.subject is null
returning i.account;

-- drop_identities --
delete from identity where account = %(account)s;
