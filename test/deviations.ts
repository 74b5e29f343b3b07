/**
 * What an implementation that nobody here wrote is known to answer otherwise than a contract says, case by case.
 *
 * A case that is listed, by its name and with the reason, is run all the same and must fail, so that the list
 * shrinks when that implementation gets better. One that is listed and not in the contract fails, too.
 */
import { afterAll, expect, test, type TestFunction } from 'vitest'

/** By the name of the case: why it is answered otherwise. */
export type Deviations = Readonly<Record<string, string>>

/** Declares a case of a contract. */
export type Declare = (name: string, run: TestFunction) => void

export function deviating(deviations: Deviations): Declare {
  const unmet = new Set(Object.keys(deviations))
  afterAll(() => {
    expect([...unmet]).toEqual([])
  })
  return (name, run) => {
    unmet.delete(name)
    const why = deviations[name]
    const declare = why === undefined ? test : test.fails
    declare(why === undefined ? name : `skipped here, since ${why}: ${name}`, run)
  }
}
