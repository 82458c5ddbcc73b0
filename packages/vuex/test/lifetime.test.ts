import { latest } from '@statewire/core'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { vuexStatewire } from '../src/index.ts'
import { connectedClient, createStore } from './setup.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('a store that is dropped without an end, as on a server', () => {
  it('is collected although its client lives on', async () => {
    const { client, server, send } = await connectedClient()
    const plugin = vuexStatewire(client, { wire: { last: latest('last') } })
    const isHeld = await useOnce(() => createStore({ state: { last: null }, plugins: [plugin] }), send)
    await vi.waitFor(() => {
      collectGarbage()
      expect(isHeld()).toBe(false)
    })
    await send(['last', 2])
    server.stop()
  })
})

// A function of its own: its variables must not keep the store.
async function useOnce(
  create: () => ReturnType<typeof createStore>,
  send: (message: readonly [string, unknown]) => Promise<void>,
): Promise<() => boolean> {
  const store = new WeakRef(create())
  await send(['last', 1])
  expect(store.deref()?.state.last).toBe(1)
  return () => store.deref() !== undefined
}
