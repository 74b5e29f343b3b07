/** What a delivery says of its own, below its ring's body: a report tells there what it is about. */
export const notes = `
  alter table delivery add column note text;
`
