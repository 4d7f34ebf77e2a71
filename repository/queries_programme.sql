-- put_programme_target --
insert into programme_target (phase, agency, files, documents, pages, due, decision)
values (%(phase)s, %(agency)s, %(files)s, %(documents)s, %(pages)s, %(due)s, %(decision)s)
on conflict (phase, agency) do update set files = excluded.files, documents = excluded.documents, pages = excluded.pages,
    due = excluded.due, decision = excluded.decision;

-- programme_targets --
select phase, agency, files, documents, pages, due from programme_target order by phase, agency collate "C";

-- programme_done --
-- What each body has in the archival storage, until a moment, by the week (its Monday, in Hanoi) in which it was stored.
select agency, date_trunc('week', stored_at at time zone 'Asia/Ho_Chi_Minh')::date as week, count(*) as files,
       sum(documents)::bigint as documents, sum(pages)::bigint as pages, sum(bytes)::bigint as bytes
from aip where stored_at < %(until)s group by agency, week order by agency, week;

-- programme_on_the_way --
-- What of each body is on its way in, waits for a person, or was refused. Its code is in the key, else what the command said.
select coalesce(nullif(split_part(p.key, '/', 1), ''), b.agency, '') as agency,
       count(*) filter (where p.next_step is not null) as checking,
       count(*) filter (where p.next_step is null and p.status in ('quarantined', 'conflict')) as waiting,
       count(*) filter (where p.next_step is null and p.status = 'refused') as refused
from package p join batch b on b.id = p.batch group by 1 order by 1;

-- dump_programme_target --
select phase, agency, files, documents, pages, due, decision from programme_target
order by phase, agency collate "C";
