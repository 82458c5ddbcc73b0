import { latest } from '@statewire/core'
import { settle } from '@statewire/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createStreamModel } from '../src/index.ts'
import { hosts } from './hosts.ts'
import { setup, startApp, type Setup } from './setup.ts'

const createMonitor = ({ client, clock }: Setup, namespace = 'monitor', server: { ssr?: boolean } = { ssr: false }) =>
  createStreamModel(client, {
    namespace,
    clock,
    state: { last: null },
    wire: { last: latest('last') },
    connect: true,
    ...server,
  })

const sockets = ({ network }: Setup) => ({ opened: network.transports.length, live: network.live.length })

describe('connect: true', () => {
  it.each(hosts)(
    'leaves 1 socket in $name after the model was replaced 5 times, and none after unmodel',
    async (host) => {
      const world = setup()
      const app = startApp({ host, models: [createMonitor(world)] })
      await settle()
      for (let turn = 0; turn < 5; turn++) {
        app.replaceModel(createMonitor(world))
        await world.macrotask()
      }
      expect(sockets(world)).toEqual({ opened: 1, live: 1 })
      app.unmodel('monitor')
      expect(sockets(world)).toEqual({ opened: 1, live: 1 })
      await world.macrotask()
      expect(sockets(world)).toEqual({ opened: 1, live: 0 })
      expect(world.client.state).toMatchObject({ status: 'closed', reason: 'requested' })
    },
  )

  it('connects for the first model and disconnects after the last', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world, 'one'), createMonitor(world, 'two')] })
    await settle()
    app.unmodel('one')
    await world.macrotask()
    expect(sockets(world)).toEqual({ opened: 1, live: 1 })
    app.unmodel('two')
    await world.macrotask()
    expect(sockets(world)).toEqual({ opened: 1, live: 0 })
    app.model(createMonitor(world, 'three'))
    await settle()
    expect(sockets(world)).toEqual({ opened: 2, live: 1 })
  })

  it('does not connect again, when a model is replaced, what the application has disconnected', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world)] })
    await settle()
    await world.client.disconnect()
    app.replaceModel(createMonitor(world))
    await world.macrotask()
    expect(world.client.state.status).toBe('closed')
  })

  it('does nothing on a server, which it tells by the missing document', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world, 'one', {})] })
    app.model(createMonitor(world, 'two', { ssr: true }))
    await settle()
    expect(world.client.state.status).toBe('idle')
    app.unmodel('one')
    app.unmodel('two')
    await world.macrotask()
    expect([sockets(world), world.client.state.status]).toEqual([{ opened: 0, live: 0 }, 'idle'])
  })

  it('connects where there is a page', async () => {
    vi.stubGlobal('document', {})
    onTestFinished(() => void vi.unstubAllGlobals())
    const world = setup()
    startApp({ models: [createMonitor(world, 'monitor', {})] })
    await settle()
    expect(sockets(world)).toEqual({ opened: 1, live: 1 })
  })

  it('counts for each client, not for each name', async () => {
    const [a, b] = [setup(), setup()]
    const app = startApp({ models: [createMonitor(a, 'one'), createMonitor(b, 'two')] })
    await settle()
    app.unmodel('one')
    await a.macrotask()
    await b.macrotask()
    expect([sockets(a).live, sockets(b).live]).toEqual([0, 1])
  })
})
