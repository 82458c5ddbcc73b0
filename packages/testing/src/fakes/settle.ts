const TURNS = 100

/** Waits until promises that are ready have run their course: 100 microtask turns. Needs no timer, so fake ones do not stop it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve()
}
