import type { AnyClient } from '../../src/index.ts'
import { describe, expect, it } from 'vitest'
import { setup } from '../client-setup.ts'

describe('an attempt that is given up', () => {
  it('is not gone on with where its own provider gave it up and began another', async () => {
    let asked = 0
    const world = setup({
      client: {
        url: () => {
          asked += 1
          if (asked === 1) {
            void client.disconnect()
            void client.connect()
          }
          return `ws://fake/${asked}`
        },
      },
    })
    const client: AnyClient = world.client
    void client.connect()
    await world.pass(0)
    expect(world.network.transports.map(({ url }) => url)).toEqual(['ws://fake/2'])
    expect(client.state.status).toBe('open')
  })

  it('keeps no timer where its provider disposes of the client', async () => {
    const world = setup({
      client: {
        url: () => {
          world.client.dispose()
          return new Promise<string>(() => {})
        },
      },
    })
    void world.client.connect()
    await world.pass(0)
    expect([world.client.state.status, world.clock.pending]).toEqual(['closed', []])
  })

  it('keeps no timer of a close that was waited for before the last one', async () => {
    const world = setup()
    const { client, clock, network, pass } = world
    const closed: number[] = []
    for (const index of [0, 1]) {
      void client.connect()
      await pass(0)
      network.last.ignoresClose = true
      void client.disconnect().then(() => closed.push(index))
    }
    client.dispose()
    await pass(0)
    expect([closed, clock.pending]).toEqual([[0, 1], []])
  })
})
