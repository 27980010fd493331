-- Who wrote in somebody's place, who decides in an expert's place while he is away, and who is to join a firm.
alter table answer add column written_by text not null default '';
alter table answer add column approved_for_id integer references person(id);

create table stand_in (
  id integer primary key,
  person_id integer not null references person(id),
  deputy_id integer references person(id),
  since text not null,
  until text not null,
  begins_at text not null,
  ends_at text not null,
  inbox_id integer references inbox(id),
  said_at text not null,
  begun_at text,
  ended_at text
);
create index stand_in_person on stand_in(person_id) where ended_at is null;
create index stand_in_deputy on stand_in(deputy_id) where ended_at is null;

create table joining (
  id integer primary key,
  firm_id integer not null references firm(id),
  email text not null,
  name text not null,
  inbox_id integer not null references inbox(id),
  asked_by_id integer not null references person(id),
  at text not null,
  decided_at text,
  decided_by_id integer references person(id),
  person_id integer references person(id)
);
create index joining_open on joining(firm_id) where decided_at is null;

create index inbox_someone_answered on inbox(state, conversation) where decision = 'SomeoneAnswered';
