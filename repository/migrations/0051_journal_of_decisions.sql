-- The journal watches what came after it: every decision, the terms and events of retention, tombstones, accounts and posts.
-- Bodies, acts, holds, disposals and handovers change by decisions alone: the decision is what is chained, their rows are
-- made from it. Accounts and posts are changed without one: each state of such a row is an entry of its own.

select journal_watch('decision', 'decision', '{id,kind,decided_at}', '{id,kind,decided_by,decided_at,record}');
select journal_watch('retention_term', 'retention', '{aip,decision,decided_at}',
                     '{aip,decision,kind,years,schedule,code,title,legal_basis,rule_from,rule_to,closed_year,reason,decided_by,decided_at}');
select journal_watch('retention_event', 'retention', '{aip,decision}', '{aip,decision,date,what}');
select journal_watch('tombstone', 'tombstone', '{aip,decision,destroyed_at}',
                     '{aip,key,agency,fonds,disposal,decision,destroyed_at}');

-- An entry for each state of a row, where one of its covered columns changed.
create function journal_note_change() returns trigger language plpgsql security definer
set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    covered text[] := tg_argv[2]::text[];
    now_is text := journal_row(to_jsonb(new), covered);
begin
    if now_is is distinct from journal_row(to_jsonb(old), covered) then
        insert into journal_pending (entry) values (jsonb_build_object(
            'kind', tg_argv[0], 'ids', journal_row(to_jsonb(new), tg_argv[1]::text[])::jsonb,
            'row', encode(sha256(convert_to(now_is, 'UTF8')), 'hex'))::text);
    end if;
    return null;
end $$;

-- Of rows that change: `shown` is the key alone, by which a later entry is known to stand for the same row.
create function journal_watch_changes(watched regclass, kind text, shown text[], covered text[]) returns void
language plpgsql as $$
begin
    perform journal_watch(watched, kind, shown, covered);
    execute format('create trigger journal_change after update on %s for each row '
                   'execute function journal_note_change(%L, %L, %L)', watched, kind, shown, covered);
end $$;
revoke execute on function journal_watch_changes from public;

select journal_watch_changes('account', 'account', '{id}', '{id,name,password,must_change,state,created_at}');
select journal_watch_changes('post', 'post', '{id}',
    '{id,account,role,agency,fonds,block,level,modes,valid_from,valid_to,basis,granted_by,granted_at,approved_by,approved_at,'
    'ended_by,ended_at}');

create or replace function journal_pause(paused boolean) returns void language plpgsql as $$
declare
    watched record;
begin
    for watched in select tgrelid::regclass as name, tgname from pg_trigger
                   where tgname in ('journal', 'journal_change') and not tgisinternal loop
        execute format('alter table %s %s trigger %s', watched.name,
                       case when paused then 'disable' else 'enable' end, watched.tgname);
    end loop;
end $$;
revoke execute on function journal_pause from public;
select journal_catch_up();
