-- What the virus scanner said of files, by their bytes.
create table scan (
  sha256 text primary key,
  result text not null,
  name text not null default '',
  at text not null
) without rowid;

alter table draft_file add column verdict text not null default 'ok';
alter table draft_file add column why text not null default '';
