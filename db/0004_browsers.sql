-- Browsers that may show a person's pages, and the codes by which they are confirmed.
create table browser (
  id integer primary key,
  person_id integer not null references person(id),
  number integer not null,
  sha256 text not null unique,
  name text not null,
  confirmed_at text not null,
  seen_at text not null,
  until text not null,
  forgotten_at text,
  unique (person_id, number)
);

create table browser_code (
  id integer primary key,
  person_id integer not null references person(id),
  asker_sha256 text not null,
  code_sha256 text not null,
  name text not null,
  ref text not null,
  made_at text not null,
  until text not null,
  misses integer not null default 0,
  ended_at text,
  browser_id integer references browser(id),
  disowned_at text
);
create index browser_code_person on browser_code(person_id, made_at);

alter table nonce add column shown text not null default '';
