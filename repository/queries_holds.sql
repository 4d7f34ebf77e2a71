-- new_hold --
insert into hold (id, kind, authority, reason, placed_by, placed_at, until)
values (%(id)s, %(kind)s, %(authority)s, %(reason)s, %(placed_by)s, %(placed_at)s, %(until)s)
on conflict (id) do nothing;

-- lift_hold --
update hold set lifted_by = %(by)s, lifted_at = %(time)s, lift_reason = %(reason)s where id = %(id)s;

-- hold --
select id, kind, authority, reason, placed_by, placed_at, until, lifted_by, lifted_at, lift_reason from hold
where id = %(id)s;

-- holds --
-- Those that stand, or all, the newest first.
select id, kind, authority, reason, placed_by, placed_at, until, lifted_by, lifted_at, lift_reason from hold
where %(all)s or lifted_at is null order by placed_at desc, id;

-- held_records --
-- Which hold that stands touches which hồ sơ: itself, its fonds, or its body. Of some hồ sơ, or of all.
select a.id as aip, h.id as hold from hold h join decision_about d on d.decision = h.id
join aip a on a.id = d.aip or (d.aip = '' and a.agency = d.agency and d.fonds in ('', a.fonds))
where h.lifted_at is null and (%(ids)s::text[] is null or a.id = any(%(ids)s));

-- about_of_decision --
select agency, fonds, aip from decision_about where decision = %(id)s order by agency, fonds, aip;

-- dump_hold --
select id, kind, authority, reason, placed_by, placed_at, until, lifted_by, lifted_at, lift_reason from hold
order by placed_at, id;
