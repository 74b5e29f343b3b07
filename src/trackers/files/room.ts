/** The name of a room: a folder for one write, hidden among the issues. Says when and on what it was made. Pure. */
export type Room = { readonly at: number; readonly digest: string }

export const freshName = 'new'

export const roomName = ({ at, digest }: Room, salt: string) => `.afk-${at}-${digest}-${salt}`

/** Null: not the name of a room. */
export function roomOf(name: string): Room | null {
  const [, at, digest] = /^\.afk-(\d{1,15})-([0-9a-f]{64})-[0-9a-f]{8}$/.exec(name) ?? []
  return at === undefined || digest === undefined ? null : { at: Number(at), digest }
}
