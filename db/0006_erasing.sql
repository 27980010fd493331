-- What was erased, and when; what a letter was when it left; and indexes that tell what speaks of a question.
alter table blob add column erased_at text;
alter table inbox add column erased_at text;
alter table outbox add column from_name text not null default '';
alter table outbox add column from_address text not null default '';
alter table outbox add column sent_sha256 text;
alter table outbox add column erased_at text;
alter table question add column erased_at text;
alter table answer add column erased_at text;
alter table dossier add column erased_at text;
alter table person add column erased_at text;

create index inbox_question on inbox(question_id) where question_id is not null;
create index inbox_conversation on inbox(conversation) where conversation is not null;
create index conversation_subject on conversation(subject_kind, subject_id);
create index news_question on news(question_id);
create index news_letter on news(outbox_id) where outbox_id is not null;
create index answer_mail on answer(inbox_id) where inbox_id is not null;
