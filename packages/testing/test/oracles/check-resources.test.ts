import { createClient } from '@statewire/core'
import { checkResources, createFakes, type Resources } from '@statewire/testing'
import { describe, expect, it } from 'vitest'

const kindsOf = (resources: Resources) => checkResources(resources).map(({ kind }) => kind)

describe('resources', () => {
  it.each<readonly [string, Resources, readonly string[]]>([
    ['nothing', {}, []],
    ['nothing left', { clock: { pending: [] }, signals: { listeners: 0 }, network: { live: [] } }, []],
    ['one socket of one client', { clients: 1, network: { live: [1] } }, []],
    ['two sockets of one client', { clients: 1, network: { live: [1, 2] } }, ['sockets']],
    ['two sockets of two clients', { clients: 2, network: { live: [1, 2] } }, []],
    ['timers and listeners of a client', { clients: 1, clock: { pending: [9] }, signals: { listeners: 3 } }, []],
    ['a socket of none', { network: { live: [1] } }, ['sockets']],
    ['a timer of none', { clock: { pending: [9] } }, ['timers']],
    ['a listener of none', { signals: { listeners: 1 } }, ['listeners']],
  ])('%s', (_title, resources, kinds) => {
    expect(kindsOf(resources)).toEqual(kinds)
  })

  it('holds for a client, before and after dispose, and not when it was forgotten', async () => {
    const { clock, signals, network, env, transport } = createFakes()
    const client = createClient({ url: 'ws://fake', env, transport })
    await client.connect()
    expect(kindsOf({ clock, signals, network, clients: 1 })).toEqual([])
    expect(kindsOf({ clock, signals, network })).toContain('sockets')
    client.dispose()
    expect(kindsOf({ clock, signals, network })).toEqual([])
  })
})
