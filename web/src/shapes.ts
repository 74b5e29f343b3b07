/** What the node's API answers, as its own schemas say. */
import type { z } from 'zod'

import type { RunPageView, RunView } from '../../src/server/run-schemas.ts'
import type {
  BellView,
  ChangeView,
  RingPageView,
  RingView,
  SessionView,
  StatusView,
} from '../../src/server/schemas.ts'

export type Session = z.infer<typeof SessionView>
export type Status = z.infer<typeof StatusView>
export type RingPage = z.infer<typeof RingPageView>
export type ListedRing = RingPage['rings'][number]
export type Ring = z.infer<typeof RingView>
export type Delivery = Ring['deliveries'][number]
export type RunPage = z.infer<typeof RunPageView>
export type ListedRun = RunPage['runs'][number]
export type Run = z.infer<typeof RunView>
export type Budget = Run['budget']
export type BellFacts = z.infer<typeof BellView>
export type Change = z.infer<typeof ChangeView>
