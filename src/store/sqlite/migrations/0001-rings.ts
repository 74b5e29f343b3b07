/** Rings, what they owe, and every try. Instants are epoch milliseconds. */
export const rings = `
  create table ring (
    seq               integer primary key,
    id                text    not null unique,
    key               text    not null,
    fingerprint       text    not null,
    kind              text    not null check (kind in ('done', 'needs-human', 'frozen')),
    issue             text    not null,
    thread_id         text,
    notification      text    not null,
    source            text    not null,
    run_id            text,
    accepted_at       integer not null,
    acknowledged_at   integer,
    acknowledged_by   text,
    acknowledged_note text,
    opened_at         integer
  ) strict;
  create index ring_key on ring (key, seq);
  create unique index ring_run on ring (run_id) where run_id is not null;
  create index ring_open on ring (seq) where acknowledged_at is null and kind <> 'done';

  create table delivery (
    id              integer primary key,
    ring_seq        integer not null references ring (seq),
    channel         text    not null,
    wave            integer not null,
    purpose         text    not null check (purpose in ('ring', 're-ring', 'report', 'resend', 'update')),
    loud            integer not null check (loud in (0, 1)),
    state           text    not null default 'due' check (state in ('due', 'accepted', 'dead', 'dropped')),
    due_at          integer not null,
    tries           integer not null default 0,
    waived          integer not null default 0,
    first_tried_at  integer,
    claimed_at      integer,
    leased_until    integer,
    uncertain_since integer,
    reference       text,
    code            text,
    detail          text,
    unique (ring_seq, channel, wave)
  ) strict;
  create index delivery_due on delivery (channel, loud, due_at, id)
    where state = 'due' and leased_until is null;
  create index delivery_leased on delivery (leased_until)
    where state = 'due' and leased_until is not null;
  create index delivery_dead on delivery (channel, ring_seq) where state = 'dead';

  create table try (
    id          integer primary key,
    delivery_id integer not null references delivery (id),
    number      integer not null,
    at          integer not null,
    ms          integer not null,
    outcome     text    not null check (outcome in ('accepted', 'refused', 'deferred', 'unknown')),
    code        text,
    detail      text
  ) strict;
  create index try_delivery on try (delivery_id);

  create table gate (
    channel    text primary key,
    gate       text not null,
    credential text not null
  ) strict;

  create table pulse (
    id integer primary key check (id = 1),
    at integer not null
  ) strict;
`
