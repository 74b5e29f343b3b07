/** One thing of the node's, read when it is shown and again whenever it changed. */
import { useEffect, useState } from 'preact/hooks'

import { read, Refusal, wordsOf } from './ask.ts'
import { useCell } from './cell.ts'
import { versions } from './desk.ts'

export type Reading<T> =
  | { readonly is: 'asked' }
  | { readonly is: 'there'; readonly value: T }
  | { readonly is: 'gone'; readonly words: string }

/** `id`: what changes of it are told by. */
export function useRead<T>(path: string, id: string): Reading<T> {
  const version = useCell(versions).get(id) ?? 0
  const [reading, setReading] = useState<Reading<T>>({ is: 'asked' })

  useEffect(() => {
    if (!versions.get().has(id)) versions.set(new Map(versions.get()).set(id, 0))
    let isOver = false
    read<T>(path).then(
      (value) => {
        if (!isOver) setReading({ is: 'there', value })
      },
      (error: unknown) => {
        // What was read before stays, where only the node is away.
        if (!isOver && error instanceof Refusal) setReading({ is: 'gone', words: wordsOf(error) })
      },
    )
    return () => {
      isOver = true
    }
  }, [path, id, version])

  return reading
}
