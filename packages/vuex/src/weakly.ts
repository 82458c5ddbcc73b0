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
  return typeof WeakRef === 'function' ? derefOf(new WeakRef(target)) : () => target
}

// Not inside `weakly`: closures made in one call share what any of them holds, and one there holds the target.
function derefOf<Target extends object>(ref: WeakRef<Target>): () => Target | undefined {
  return () => ref.deref()
}
