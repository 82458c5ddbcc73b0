import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { latest } from '@statewire/core'
import { settle } from '@statewire/testing'
import { describe, expect, it, vi } from 'vitest'
import { createStreamModel, dvaStatewire } from '../src/index.ts'
import { hosts, type Host, type Store } from './hosts.ts'
import { setup, startApp, type Setup } from './setup.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const createModel = ({ client, clock }: Setup) =>
  createStreamModel(client, {
    namespace: 'live',
    clock,
    state: { last: 0 },
    wire: { last: latest('last') },
    connect: true,
    ssr: false,
  })

// Functions of their own: their variables must not keep the application.
function storeOf(world: Setup, host: Host): Store {
  return startApp({ host, plugins: [dvaStatewire(world.client)], models: [createModel(world)] })._store
}

async function useOnce(world: Setup, host: Host): Promise<() => boolean> {
  const store = new WeakRef(storeOf(world, host))
  await settle()
  await world.send(['last', 1])
  expect(store.deref()?.getState()).toMatchObject({ connection: { status: 'open' }, live: { last: 1 } })
  return () => store.deref() !== undefined
}

describe('an application that is dropped, as nobody can end one', () => {
  it.each(hosts)('is collected in $name although its client lives on, and lets go of the connection', async (host) => {
    const world = setup()
    const isHeld = await useOnce(world, host)
    await vi.waitFor(async () => {
      collectGarbage()
      expect(isHeld()).toBe(false)
      await world.macrotask()
      expect(world.network.live).toEqual([])
    })
  })

  it.each(hosts)('follows the client in $name while only its store is used', async (host) => {
    const world = setup()
    const store = storeOf(world, host)
    await settle()
    for (const last of [1, 2]) {
      // What was used in this turn of the event loop is not collected in it.
      await new Promise((resolve) => setImmediate(resolve))
      collectGarbage()
      await world.send(['last', last])
      expect(store.getState()['live']).toEqual({ last })
    }
    await world.client.disconnect()
    expect(store.getState()['connection']).toMatchObject({ status: 'closed' })
  })
})
