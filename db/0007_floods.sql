-- Machines that answer our answers, and floods: what a mail says, whether a letter may answer it, and when its turn is.
alter table inbox add column gist text;
alter table inbox add column restraint text not null default '';
alter table inbox add column hurried integer not null default 0;
alter table inbox add column flood integer not null default 0;
alter table inbox add column turn text not null default '';
create index inbox_gist on inbox(person_id, id) where gist is not null;
create index inbox_flood on inbox(received_at) where flood = 1;
drop index inbox_new;
create index inbox_new on inbox(turn, id) where state = 'new';

create table pace (
  sender text primary key,
  clock integer not null
) without rowid;
create index pace_clock on pace(clock);
