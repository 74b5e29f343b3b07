/** Runs, their ledgers, the slots of repositories, chores and pauses. Instants are epoch milliseconds. */
export const runs = `
  create table run (
    seq      integer primary key,
    id       text    not null unique,
    repo     text    not null,
    number   integer not null,
    lineage  text    not null,
    state    text    not null,
    body     text    not null,
    revision integer not null,
    is_live  integer not null check (is_live in (0, 1))
  ) strict;
  create index run_live on run (seq) where is_live = 1;
  create index run_issue on run (repo, number, seq);

  create table run_event (
    seq     integer primary key,
    lineage text    not null,
    run_id  text,
    at      integer not null,
    what    text    not null
  ) strict;
  create index run_event_lineage on run_event (lineage, seq);

  create table slot (
    repo   text primary key,
    run_id text not null unique
  ) strict;

  create table chore (
    id      integer primary key,
    run_id  text    not null,
    kind    text    not null,
    due_at  integer not null,
    tries   integer not null default 0,
    detail  text,
    done_at integer,
    unique (run_id, kind)
  ) strict;
  create index chore_due on chore (run_id, id) where done_at is null;

  create table pause (
    scope text primary key,
    at    integer not null,
    by    text    not null
  ) strict;
`
