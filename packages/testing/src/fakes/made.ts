import type { FakeClock } from './clock.ts'
import type { FakeFrames } from './frames.ts'
import type { FakeNetwork } from './network.ts'
import type { FakeSignals } from './signals.ts'

/** A fake that can be left with something in it. */
export type Fake =
  | { readonly clock: FakeClock }
  | { readonly signals: FakeSignals }
  | { readonly frames: FakeFrames }
  | { readonly network: FakeNetwork }

const listeners = new Set<(fake: Fake) => void>()

/** Said by each fake when it is made. Kept by nobody unless somebody listens. */
export function made(fake: Fake): void {
  for (const listener of listeners) listener(fake)
}

/** Tells of every fake that is made from now on. */
export function onMade(listener: (fake: Fake) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
