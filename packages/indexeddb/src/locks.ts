/** Lets go of a lock. Idempotent. */
export type Release = () => void

/**
 * Takes a lock if nobody has it. The browser takes it back when the page ends, however it ends.
 *
 * @returns undefined when somebody has it
 */
export async function takeLock(name: string): Promise<Release | undefined> {
  const { locks } = navigator as { locks?: LockManager }
  if (!locks) throw new Error('There are no Web Locks here: they need a secure context (https, or localhost).')
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock) return new Promise<void>((release) => resolve(release))
      resolve(undefined)
      return undefined
    })
    held.catch(reject)
  })
}
