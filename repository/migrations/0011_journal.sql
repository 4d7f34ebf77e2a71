-- The journal: every event, audit and decision as an entry of a chain that nobody but the owner of the tables could change.
-- A trigger puts the entry of a row among the pending ones, in the writer's own commit; `journal_seal` chains what is
-- committed. The application can read the chain and ask for sealing, and nothing else: both functions run as the owner.
-- An entry has ids, codes, counts and times, never a name or a title; of all else in its row it has the sha256.

create table journal_pending (
    id bigint generated always as identity primary key,
    entry text not null
);

create table journal (
    position bigint primary key,
    record text not null,
    hash text not null
);

-- The columns of a row that count, as text that is the same on every server and in every time zone.
create function journal_row(columns jsonb, names text[]) returns text language sql immutable as $$
    select coalesce(jsonb_object_agg(name, columns -> name), '{}')::text from unnest(names) as name
$$;

-- Trigger arguments: the kind of entry; the columns that it shows; the columns that its digest covers.
create function journal_note() returns trigger language plpgsql security definer
set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    columns jsonb := to_jsonb(new);
    shown jsonb := journal_row(columns, tg_argv[1]::text[])::jsonb;
    digest text := encode(sha256(convert_to(journal_row(columns, tg_argv[2]::text[]), 'UTF8')), 'hex');
begin
    insert into journal_pending (entry)
    values (jsonb_build_object('kind', tg_argv[0], 'ids', shown, 'row', digest)::text);
    return null;
end $$;

-- From now on the rows that are put into a table are journalled.
create function journal_watch(watched regclass, kind text, shown text[], covered text[]) returns void
language plpgsql as $$
begin
    execute format('create trigger journal after insert on %s for each row execute function journal_note(%L, %L, %L)',
                   watched, kind, shown, covered);
end $$;
revoke execute on function journal_watch from public;

-- Chains at most `most` pending entries in the order in which they were written; gives how many. What is not committed yet
-- is not seen, and is chained after its commit. One sealer at a time: another finds nothing to do.
create function journal_seal(most int) returns bigint language plpgsql security definer
set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    last_position bigint := 0;
    last_hash text := repeat('0', 64);
    sealed text := to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    line text;
    waiting record;
    done bigint[] := '{}';
begin
    if not pg_try_advisory_xact_lock(19, 13) then
        return 0;
    end if;
    select position, hash into last_position, last_hash from journal order by position desc limit 1;
    last_position := coalesce(last_position, 0);
    last_hash := coalesce(last_hash, repeat('0', 64));
    for waiting in select id, entry from journal_pending order by id limit most loop
        last_position := last_position + 1;
        line := format('{"position": %s, "sealed": "%s", "entry": %s}', last_position, sealed, waiting.entry);
        last_hash := encode(sha256(convert_to(last_hash || E'\n' || line, 'UTF8')), 'hex');
        insert into journal (position, record, hash) values (last_position, line, last_hash);
        done := done || waiting.id;
    end loop;
    delete from journal_pending where id = any(done);
    return cardinality(done);
end $$;

select journal_watch('event', 'event', '{id,aip,step,type,outcome,codes,time}',
                     '{id,aip,step,type,outcome,codes,agents,detail,time}');
select journal_watch('publication', 'decision', '{id,agency,fonds,decided_at}',
                     '{id,agency,fonds,basis,decided_by,decided_at}');
select journal_watch('audit_check', 'audit', '{id,run,location,object,depth,outcome,version,inventory,files,bytes,time}',
                     '{id,run,location,object,depth,outcome,version,inventory,files,bytes,faults,reason,time}');
select journal_watch('known_inventory', 'inventory', '{object,version,sha512,source,time}',
                     '{object,version,sha512,source,time}');

-- Every row that is watched, with the entry that belongs to it, as the rows are now.
create function journal_rows() returns table (kind text, ids jsonb, digest text, written text)
language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    watched record;
begin
    for watched in
        select tgrelid::regclass as name, string_to_array(encode(tgargs, 'escape'), '\000') as words
        from pg_trigger where tgname = 'journal' and not tgisinternal
    loop
        return query execute format(
            $q$select %L::text, journal_row(to_jsonb(t), %L)::jsonb,
                      encode(sha256(convert_to(journal_row(to_jsonb(t), %L), 'UTF8')), 'hex'),
                      coalesce(to_jsonb(t) ->> 'time', to_jsonb(t) ->> 'decided_at', '')
               from %s t$q$, watched.words[1], watched.words[2], watched.words[3], watched.name);
    end loop;
end $$;

-- Rows without an entry get one: those from before there was a journal, and those that a rebuild found in storage.
create function journal_catch_up() returns bigint language plpgsql as $$
declare
    added bigint;
begin
    insert into journal_pending (entry)
    select jsonb_build_object('kind', r.kind, 'ids', r.ids, 'row', r.digest)::text from journal_rows() r
    where r.digest not in (select record::jsonb -> 'entry' ->> 'row' from journal)
      and r.digest not in (select entry::jsonb ->> 'row' from journal_pending)
    order by r.written, r.ids;
    get diagnostics added = row_count;
    return added;
end $$;
select journal_catch_up();

-- While a rebuild puts rows in that have their entries already. The owner alone may do so.
create function journal_pause(paused boolean) returns void language plpgsql as $$
declare
    watched record;
begin
    for watched in select tgrelid::regclass as name from pg_trigger where tgname = 'journal' and not tgisinternal loop
        execute format('alter table %s %s trigger journal', watched.name, case when paused then 'disable' else 'enable' end);
    end loop;
end $$;

grant select on journal, journal_pending to {app};
revoke execute on function journal_seal, journal_rows, journal_catch_up, journal_pause from public;
grant execute on function journal_seal, journal_rows to {app};
