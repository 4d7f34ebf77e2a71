-- How many copies what is held must have before it is confirmed, and where they go; '*' stands for every agency or term.
-- The most special row decides: agency and term, then agency, then term. `locations` null: every replica.

create table copy_policy (
    agency text not null default '*',
    retention text not null default '*',
    minimum int not null check (minimum between 1 and 9),
    locations text[],
    primary key (agency, retention)
);

grant select, insert, update, delete on copy_policy to {app};
