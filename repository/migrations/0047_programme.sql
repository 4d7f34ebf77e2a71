-- Targets of a programme of digitisation: how many hồ sơ a body is to bring in, in which phase, until when.

create table programme_target (
    phase text not null,
    agency text not null,
    files int not null check (files >= 0),
    documents int check (documents >= 0),
    pages int check (pages >= 0),
    due date,
    decision uuid not null references decision,
    primary key (phase, agency)
);

grant select, insert, update on programme_target to {app};
