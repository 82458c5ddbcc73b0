import type { AnyClient, Clock } from '@statewire/core'

interface Lease {
  holders: number
  /** Keeps the connection open after all: set while the last release waits for its macrotask. */
  cancelEnd: (() => void) | undefined
}

// By client, not by name: two clients may share one.
const leases = new WeakMap<AnyClient, Lease>()

/**
 * Keeps a client connected until the returned function is called. The first holder connects; after the last one has let go, the
 * client disconnects one macrotask later, so that replacing a model does not close the socket in between.
 */
export function hold(client: AnyClient, clock: Clock): () => void {
  const lease = leaseOf(client)
  lease.holders++
  if (lease.cancelEnd) {
    lease.cancelEnd()
    lease.cancelEnd = undefined
  } else if (lease.holders === 1) {
    void client.connect()
  }
  let isHeld = true
  return () => {
    if (!isHeld) return
    isHeld = false
    if (--lease.holders > 0) return
    lease.cancelEnd = clock.schedule(0, () => {
      lease.cancelEnd = undefined
      void client.disconnect()
    })
  }
}

function leaseOf(client: AnyClient): Lease {
  const known = leases.get(client)
  if (known) return known
  const created: Lease = { holders: 0, cancelEnd: undefined }
  leases.set(client, created)
  return created
}
