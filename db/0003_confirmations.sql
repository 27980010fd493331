-- Mail that waits for the word of the person it claims to be from, and the other addresses from which a person writes.
create index inbox_not_proven on inbox(state, id) where decision = 'NotProven';

create table person_address (
  id integer primary key,
  person_id integer not null references person(id),
  email text not null,
  inbox_id integer not null references inbox(id),
  asked_at text not null,
  confirmed_at text,
  ended_at text
);
create unique index person_address_email on person_address(email) where confirmed_at is not null and ended_at is null;
create index person_address_person on person_address(person_id) where ended_at is null;
