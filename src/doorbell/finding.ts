/** What a doctor says of one thing. Pure. */
export type Finding =
  | { readonly type: 'good'; readonly what: string }
  | { readonly type: 'bad'; readonly what: string; readonly mend: string }
  /** Cannot be known without ringing or writing, or is as its owner may want it. */
  | { readonly type: 'unproven'; readonly what: string; readonly mend: string }

export const good = (what: string): Finding => ({ type: 'good', what })
export const bad = (what: string, mend: string): Finding => ({ type: 'bad', what, mend })
export const unproven = (what: string, mend: string): Finding => ({ type: 'unproven', what, mend })

export const isBad = ({ type }: Finding): boolean => type === 'bad'
