/** The last wave of a key whose rings were forgotten: used again, it must not look like a repeat of them. */
export const forgotten = `
  create table forgotten_key (
    key  text primary key,
    wave integer not null
  ) strict;
`
