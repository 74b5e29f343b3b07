/**
 * What the contract promises and this version does not do yet. Naming one is an error that says so:
 * a heartbeat that is configured and never sent would be worse than none.
 */
export const laterKeys: readonly string[] = ['channels.NAME.signingSecret', 'store.url']

/** `NAME` stands for any name, dots and slashes included. */
export function isLater(path: string): boolean {
  return laterKeys.some((key) => {
    const [head = '', tail] = key.split('NAME')
    return tail === undefined ? path === key : path.startsWith(head) && path.endsWith(tail)
  })
}

export const laterTypes: Readonly<Record<string, readonly string[]>> = {
  store: ['postgres'],
}
