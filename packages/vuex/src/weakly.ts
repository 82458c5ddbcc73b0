type End = () => void

const ends = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<End>((end) => end()) : undefined

/**
 * Refers to a store without keeping it: on a server a client outlives the stores of its requests, which nobody ends. Browsers
 * too old for this keep the store.
 *
 * @param end Called some time after the store is gone. MUST NOT hold it.
 */
export function weakly<Target extends object>(target: Target, end: End): () => Target | undefined {
  ends?.register(target, end)
  if (typeof WeakRef !== 'function') return () => target
  const ref = new WeakRef(target)
  return () => ref.deref()
}
