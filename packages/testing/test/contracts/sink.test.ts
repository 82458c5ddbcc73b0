import * as core from '@statewire/core'
import { describeSinkContract } from '@statewire/testing/contracts'

// The smallest store there is: what the suite asks of adapters needs no framework.
describeSinkContract('plain object', core, ({ client, wire, state: initial }) => {
  let state = initial()
  let changes = 0
  const listeners: (() => void)[] = [() => changes++]
  const set = (next: Partial<typeof state>): void => {
    if (Object.keys(next).length === 0) return
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  const binding = client.bind<typeof state>(
    { name: 'plain', commit: (batch) => set(batch.apply(state)), reset: () => set(initial()) },
    wire,
  )
  return {
    state: () => state,
    changes: () => changes,
    subscribe: (listener) => void listeners.push(listener),
    dispose: () => binding.stop(),
  }
})
