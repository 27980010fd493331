CREATE TABLE absence (
  id integer primary key,
  person_id integer not null references person(id),
  since text,
  until text,
  deputy text not null default '',
  inbox_id integer not null references inbox(id),
  seen_at text not null,
  ended_at text
);
CREATE INDEX absence_person on absence(person_id) where ended_at is null;

CREATE TABLE answer (
  id integer primary key,
  question_id integer not null references question(id),
  version integer not null,
  round integer not null,
  text text not null,
  added text not null,
  set_aside text not null,
  by_id integer not null references person(id),
  channel text not null,
  at text not null,
  addition integer not null default 0,
  approved_by_id integer references person(id),
  approved_at text,
  inbox_id integer references inbox(id),
  sha256 text not null,
  undone_at text, written_by text not null default '', approved_for_id integer references person(id), erased_at text,
  unique (question_id, version)
);
CREATE INDEX answer_mail on answer(inbox_id) where inbox_id is not null;

CREATE TABLE answer_file (
  answer_id integer not null references answer(id),
  n integer not null,
  name text not null,
  type text not null,
  size integer not null,
  sha256 text not null,
  inbox_id integer not null references inbox(id),
  part text not null,
  verdict text not null,
  why text not null default '',
  by_id integer references person(id),
  primary key (answer_id, n)
) without rowid;

CREATE TABLE assignment (
  dossier_id integer not null references dossier(id),
  person_id integer not null references person(id),
  primary key (dossier_id, person_id)
) without rowid;
CREATE INDEX assignment_person on assignment(person_id);

CREATE TABLE blob (
  sha256 text primary key,
  size integer not null,
  bytes blob not null
, erased_at text);

CREATE TABLE blocked (
  address text primary key,
  at text not null,
  by_id integer not null references person(id)
);

CREATE TABLE bounce (
  id integer primary key,
  outbox_id integer not null references outbox(id),
  person_id integer references person(id),
  inbox_id integer references inbox(id),
  status text not null,
  permanent integer not null,
  at text not null,
  notice_id integer references outbox(id)
);
CREATE INDEX bounce_at on bounce(at);
CREATE INDEX bounce_person on bounce(person_id, at);

CREATE TABLE browser (
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

CREATE TABLE browser_code (
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
CREATE INDEX browser_code_person on browser_code(person_id, made_at);

CREATE TABLE conversation (
  number integer primary key,
  purpose integer not null,
  person_id integer not null references person(id),
  subject_kind text not null,
  subject_id integer not null,
  unique (purpose, person_id, subject_kind, subject_id)
);
CREATE INDEX conversation_subject on conversation(subject_kind, subject_id);

CREATE TABLE deed (
  id integer primary key,
  question_id integer not null references question(id),
  person_id integer not null references person(id),
  event text not null,
  version integer not null,
  wrote integer not null,
  channel text not null,
  at text not null,
  inbox_id integer references inbox(id),
  conversation integer references conversation(number),
  position text not null,
  told text not null,
  undo_until text,
  undone_at text,
  receipt_due_at text,
  receipt_id integer references outbox(id)
);
CREATE INDEX deed_at on deed(at);
CREATE INDEX deed_inbox on deed(inbox_id);
CREATE INDEX deed_person on deed(person_id, id);
CREATE INDEX deed_question on deed(question_id, id);
CREATE INDEX deed_receipt on deed(receipt_due_at) where receipt_due_at is not null;

CREATE TABLE digest (
  day text not null,
  person_id integer not null references person(id),
  at text not null,
  outbox_id integer references outbox(id),
  primary key (day, person_id)
) without rowid;

CREATE TABLE document (
  id integer primary key,
  dossier_id integer not null references dossier(id),
  exercice integer not null,
  kind text not null,
  name text not null,
  sha256 text not null references blob(sha256),
  added_at text not null,
  unique (dossier_id, exercice, kind)
);

CREATE TABLE dossier (
  id integer primary key,
  ref text not null unique,
  member text not null,
  profession text not null default '',
  firm_id integer references firm(id),
  expert_id integer not null references person(id),
  staff_id integer not null references person(id),
  firm_reference text not null default ''
, erased_at text);
CREATE INDEX dossier_expert on dossier(expert_id);
CREATE INDEX dossier_firm on dossier(firm_id);

CREATE TABLE draft (
  id integer primary key,
  question_id integer not null references question(id),
  version integer not null,
  added text not null,
  set_aside text not null,
  inbox_id integer references inbox(id),
  at text not null
);

CREATE TABLE draft_file (
  draft_id integer not null references draft(id),
  n integer not null,
  name text not null,
  type text not null,
  size integer not null,
  sha256 text not null,
  inbox_id integer not null references inbox(id),
  part text not null, verdict text not null default 'ok', why text not null default '',
  primary key (draft_id, n)
) without rowid;

CREATE TABLE firm (
  id integer primary key,
  code text not null unique,
  name text not null,
  address text not null default '',
  postcode text not null default '',
  city text not null default '',
  phone text not null default '',
  email text not null default ''
);

CREATE TABLE inbox (
  id integer primary key,
  message_key text not null,
  recipient text not null,
  message_id text not null,
  reverse_path text not null,
  peer text not null,
  trusted integer not null,
  tls integer not null,
  dmarc text not null,
  dmarc_domain text not null,
  received_at text not null,
  sha256 text not null references blob(sha256),
  state text not null default 'new',
  attempts integer not null default 0,
  disposition text,
  reason text,
  subject text,
  sender text,
  person_id integer references person(id),
  conversation integer references conversation(number),
  question_id integer references question(id),
  matched_by text,
  trust text,
  rule text,
  command text,
  decision text,
  written_sha256 text,
  worked_at text, erased_at text, gist text, restraint text not null default '', hurried integer not null default 0, flood integer not null default 0, turn text not null default '',
  unique (message_key, recipient)
);
CREATE INDEX inbox_conversation on inbox(conversation) where conversation is not null;
CREATE INDEX inbox_flood on inbox(received_at) where flood = 1;
CREATE INDEX inbox_gist on inbox(person_id, id) where gist is not null;
CREATE INDEX inbox_message_id on inbox(message_id);
CREATE INDEX inbox_new on inbox(turn, id) where state = 'new';
CREATE INDEX inbox_not_proven on inbox(state, id) where decision = 'NotProven';
CREATE INDEX inbox_question on inbox(question_id) where question_id is not null;
CREATE INDEX inbox_someone_answered on inbox(state, conversation) where decision = 'SomeoneAnswered';
CREATE INDEX inbox_state on inbox(state);
CREATE INDEX inbox_waits on inbox(state, id) where state in ('held', 'shunted');
CREATE INDEX inbox_written on inbox(person_id, written_sha256) where written_sha256 is not null;

CREATE TABLE joining (
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
CREATE INDEX joining_open on joining(firm_id) where decided_at is null;

CREATE TABLE journal (
  seq integer primary key,
  at text not null,
  kind text not null,
  question_id integer,
  version integer not null default 0,
  person_id integer,
  inbox_id integer,
  payload_sha256 text not null,
  prev text not null,
  hash text not null unique
);
CREATE INDEX journal_question on journal(question_id, seq);

CREATE TABLE journal_payload (
  seq integer primary key references journal(seq),
  payload text not null,
  erased_at text,
  erased_why text
);

CREATE TABLE letter_item (
  outbox_id integer not null references outbox(id),
  n integer not null,
  label text not null,
  kind text not null,
  question_id integer references question(id),
  version integer not null default 0,
  inbox_id integer references inbox(id),
  primary key (outbox_id, n)
) without rowid;
CREATE INDEX letter_item_question on letter_item(question_id) where question_id is not null;

CREATE TABLE news (
  id integer primary key,
  person_id integer not null references person(id),
  question_id integer not null references question(id),
  shown integer not null,
  version integer not null,
  by_id integer not null references person(id),
  at text not null,
  outbox_id integer references outbox(id)
);
CREATE INDEX news_letter on news(outbox_id) where outbox_id is not null;
CREATE INDEX news_question on news(question_id);
CREATE INDEX news_untold on news(person_id) where outbox_id is null;

CREATE TABLE nonce (
  value text primary key,
  conversation integer not null references conversation(number),
  version integer not null,
  made_at text not null,
  used_at text
, shown text not null default '');

CREATE TABLE outbox (
  id integer primary key,
  kind text not null,
  person_id integer references person(id),
  conversation integer references conversation(number),
  question_id integer references question(id),
  version integer not null default 0,
  cause integer references inbox(id),
  to_name text not null,
  to_address text not null,
  reply_to text not null,
  subject text not null,
  text text not null,
  html text not null,
  date text not null,
  message_id text not null unique,
  in_reply_to text not null default '',
  refs text not null default '',
  automatic integer not null default 0,
  seed text not null,
  state text not null default 'due',
  due_at text not null,
  attempts integer not null default 0,
  reply text not null default '',
  sent_at text,
  confirmed integer not null default 0
, from_name text not null default '', from_address text not null default '', sent_sha256 text, erased_at text);
CREATE INDEX outbox_away on outbox(date) where state = 'deferred' and substr(reply, 1, 2) = '0 ';
CREATE INDEX outbox_cause on outbox(cause) where cause is not null;
CREATE INDEX outbox_conversation on outbox(conversation);
CREATE INDEX outbox_due on outbox(due_at, id) where state in ('due', 'deferred');
CREATE INDEX outbox_failed on outbox(due_at) where state = 'failed';
CREATE INDEX outbox_kind on outbox(kind, state);
CREATE INDEX outbox_person_kind on outbox(person_id, kind, date);
CREATE INDEX outbox_question on outbox(question_id);
CREATE INDEX outbox_unconfirmed on outbox(sent_at) where confirmed = 0;

CREATE TABLE outbox_file (
  outbox_id integer not null references outbox(id),
  n integer not null,
  name text not null,
  type text not null,
  sha256 text not null,
  inbox_id integer not null references inbox(id),
  part text not null,
  primary key (outbox_id, n)
) without rowid;

CREATE TABLE pace (
  sender text primary key,
  clock integer not null
) without rowid;
CREATE INDEX pace_clock on pace(clock);

CREATE TABLE person (
  id integer primary key,
  email text not null unique,
  name text not null,
  role text not null,
  firm_id integer references firm(id),
  rights text not null default '',
  active integer not null default 1,
  shared integer not null default 0,
  suspended_at text,
  suspended_why text not null default ''
, erased_at text);
CREATE INDEX person_firm on person(firm_id);

CREATE TABLE person_address (
  id integer primary key,
  person_id integer not null references person(id),
  email text not null,
  inbox_id integer not null references inbox(id),
  asked_at text not null,
  confirmed_at text,
  ended_at text
);
CREATE UNIQUE INDEX person_address_email on person_address(email) where confirmed_at is not null and ended_at is null;
CREATE INDEX person_address_person on person_address(person_id) where ended_at is null;

CREATE TABLE plan (
  id integer primary key,
  kind text not null,
  person_id integer not null references person(id),
  question_id integer not null references question(id),
  version integer not null,
  deed_id integer not null references deed(id),
  event text not null,
  at text not null,
  due_at text,
  outbox_id integer references outbox(id)
);
CREATE INDEX plan_deed on plan(deed_id);
CREATE INDEX plan_due on plan(due_at) where due_at is not null;
CREATE INDEX plan_person on plan(person_id, kind, question_id, version);

CREATE TABLE question (
  id integer primary key,
  ref text not null unique,
  dossier_id integer not null references dossier(id),
  exercice integer not null,
  number integer not null,
  sheet_key text not null,
  code text not null default '',
  title text not null default '',
  form text not null default '',
  line text not null default '',
  text text not null,
  document text not null default '',
  due text,
  state text not null default 'draft',
  round integer not null default 1,
  version integer not null default 0,
  standing integer not null default 0,
  waiting integer not null default 0,
  handed_over integer not null default 0,
  outcome text,
  postponed_until text,
  asked_at text,
  asked_by_id integer references person(id),
  ladder_at text,
  remind_at text, erased_at text,
  unique (dossier_id, exercice, number)
);
CREATE INDEX question_dossier on question(dossier_id, state);
CREATE INDEX question_remind on question(remind_at) where remind_at is not null;
CREATE UNIQUE INDEX question_sheet on question(dossier_id, exercice, sheet_key);
CREATE INDEX question_state on question(state);

CREATE TABLE recipient (
  question_id integer not null references question(id),
  person_id integer not null references person(id),
  passed_on integer not null default 0,
  primary key (question_id, person_id)
) without rowid;
CREATE INDEX recipient_person on recipient(person_id);

CREATE TABLE reminder (
  question_id integer not null references question(id),
  round integer not null,
  ladder text not null,
  step text not null,
  person_id integer not null references person(id),
  outbox_id integer not null references outbox(id),
  at text not null,
  primary key (question_id, round, ladder, step, person_id)
) without rowid;
CREATE INDEX reminder_outbox on reminder(outbox_id);
CREATE INDEX reminder_person on reminder(person_id, ladder, at);

CREATE TABLE scan (
  sha256 text primary key,
  result text not null,
  name text not null default '',
  at text not null
) without rowid;

CREATE TABLE setting (
  name text primary key,
  value text not null
);

CREATE TABLE stand_in (
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
CREATE INDEX stand_in_deputy on stand_in(deputy_id) where ended_at is null;
CREATE INDEX stand_in_person on stand_in(person_id) where ended_at is null;

CREATE TABLE statistic (
  profession text not null,
  exercice integer not null,
  indicator text not null,
  value text not null,
  unit text not null default '',
  primary key (profession, exercice, indicator)
) without rowid;
