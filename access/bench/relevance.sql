-- relevance_extension --
create extension if not exists unaccent;

-- relevance_table --
create table relevance (place text primary key, words tsvector not null);

-- relevance_put --
insert into relevance (place, words) values (%(place)s, to_tsvector('simple', unaccent(%(words)s)));

-- relevance_find --
select place from relevance, websearch_to_tsquery('simple', unaccent(%(query)s)) as asked
where words @@ asked order by ts_rank(words, asked) desc, place limit %(limit)s;
