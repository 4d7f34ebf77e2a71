-- Packages made by others: as what an AIP came in, and the content of each of its versions. A later package of the same
-- kind and id replaces the rows of documents and files by those of the new version; the store keeps the old one.

alter table aip add column submission_kind text not null default '';
alter table aip add column submission_id text not null default '';
create index aip_submission on aip (submission_kind, submission_id) where submission_id <> '';

create table aip_version (
    aip text not null references aip,
    version text not null,
    content_digest text not null,
    stored_at timestamptz not null,
    primary key (aip, version)
);
insert into aip_version (aip, version, content_digest, stored_at)
select id, version, content_digest, stored_at from aip;

grant select, insert, update on aip_version to {app};
grant delete on document, file to {app};
