-- Holds: what a person stopped, with reason, authority and end. What a hold is about stands in decision_about.

create table hold (
    id uuid primary key references decision,
    kind text not null check (kind in ('inspection', 'lawsuit', 'research', 'other')),
    authority text not null,
    reason text not null,
    placed_by text not null,
    placed_at timestamptz not null,
    until date,
    lifted_by text,
    lifted_at timestamptz,
    lift_reason text
);

grant select, insert, update on hold to {app};
