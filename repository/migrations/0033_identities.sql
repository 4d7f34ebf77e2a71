-- Accounts that sign in at an identity provider (OpenID Connect). An administrator says which person of the provider an
-- account is; the first sign-in binds the provider's own id of that person, which alone counts from then on.
create table identity (
    issuer text not null,
    username text not null,
    subject text,
    account text not null references account,
    made_by text not null,
    made_at timestamptz not null,
    bound_at timestamptz,
    primary key (issuer, username),
    unique (issuer, subject)
);
alter table sign_in add column by_provider boolean not null default false;
grant select, insert, update, delete on identity to {app};
