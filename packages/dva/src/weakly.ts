type End = () => void

const ends = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<End>((end) => end()) : undefined

/**
 * Refers to what belongs to an application without keeping it: a client outlives the applications that are made again, for each
 * request on a server or each test, and dva tells nobody of their end. Browsers too old for this keep the application.
 *
 * @param end Called some time after the target is gone. MUST NOT hold it.
 */
export function weakly<Target extends object>(target: Target, end: End): () => Target | undefined {
  ends?.register(target, end)
  return typeof WeakRef === 'function' ? derefOf(new WeakRef(target)) : () => target
}

// Not inside `weakly`: closures made in one call share what any of them holds, and one there holds the target.
function derefOf<Target extends object>(ref: WeakRef<Target>): () => Target | undefined {
  return () => ref.deref()
}
