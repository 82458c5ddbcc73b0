import type { AnyProtocolTypes, ClientOptions, Protocol } from '@statewire/core'
import { createFakes, settle, type Fakes } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSSRApp, effectScope, h, nextTick, reactive } from 'vue'
import { renderToString } from '@vue/server-renderer'
import { useConnectionState, useLatest, useMessage, useOwnClient, useSeries } from '../src/index.ts'
import { mount, setup as setupClient } from './setup.ts'

type Options = ClientOptions<Protocol<AnyProtocolTypes>>

interface Setup extends Fakes {
  readonly options: Options
}

/** Options over a fake server; what a test mounts it unmounts, and then nothing may be left behind. */
function setup(overrides: Partial<Options> = {}): Setup {
  const fakes = createFakes()
  onTestFinished(async () => {
    await settle()
    expect({ timers: fakes.clock.pending, frames: fakes.frames.pending, links: fakes.network.live.length }).toEqual({
      timers: [],
      frames: 0,
      links: 0,
    })
  })
  return { ...fakes, options: { url: 'ws://fake', env: fakes.env, transport: fakes.transport, ...overrides } }
}

describe('useOwnClient', () => {
  it('connects at once, and serves the other composables without the plugin', async () => {
    const { options, server, frames } = setup({ onOpen: ['hello'] })
    const heard: unknown[] = []
    const { app, html } = mount(
      undefined,
      () => {
        const client = useOwnClient(options)
        useMessage('ticker', (data) => heard.push(data), { client })
        return {
          state: useConnectionState(client),
          last: useLatest('ticker', { client }),
          series: useSeries('ticker', { limit: 3, client }),
        }
      },
      ({ state, last, series }) => `${state.value.status} ${String(last.value)} ${series.value.length}`,
    )
    expect(html()).toBe('preparing undefined 0')
    await settle()
    server.send('ticker', 1)
    server.send('ticker', 2)
    frames.paint()
    await nextTick()
    expect([html(), heard, server.received]).toEqual(['open 2 2', [1, 2], ['hello']])
    app.unmount()
  })

  it('is found before a client of the plugin', async () => {
    const { client: shared } = await setupClient()
    const { options } = setup()
    const { app, result } = mount(shared, () => useConnectionState(useOwnClient(options, { connect: false })))
    expect([result.value.status, shared.state.status]).toEqual(['idle', 'open'])
    app.unmount()
  })

  it('waits to be told to connect where that is wanted', async () => {
    const { options, network } = setup()
    const { app, result: client } = mount(undefined, () => useOwnClient(options, { connect: false }))
    await settle()
    expect([client.state.status, network.transports.length]).toEqual(['idle', 0])
    await client.connect()
    expect([client.state.status, network.transports.length]).toEqual(['open', 1])
    app.unmount()
  })

  it('stays closed when it was closed by oneself, and connects again when told to', async () => {
    const { options, clock, network } = setup({ heartbeat: false })
    const { app, result: client } = mount(undefined, () => useOwnClient(options))
    await client.connect()
    await client.disconnect()
    clock.advance(60_000)
    expect([client.state, network.transports.length]).toEqual([
      expect.objectContaining({ status: 'closed', reason: 'requested' }),
      1,
    ])
    await client.connect()
    expect(network.live).toHaveLength(1)
    app.unmount()
  })

  it('ends with the component: the link is closed and nothing lands late', async () => {
    const { options, server, network } = setup()
    const { app, result } = mount(undefined, () => {
      const client = useOwnClient(options)
      return { client, last: useLatest('ticker', { client }) }
    })
    await settle()
    server.send('ticker', 1)
    app.unmount()
    expect(network.last.closed).toEqual({ code: 1000, reason: '' })
    expect([result.client.state, result.last.value]).toEqual([
      expect.objectContaining({ status: 'closed', reason: 'disposed' }),
      undefined,
    ])
    await expect(result.client.connect()).rejects.toThrow('disposed')
  })

  it('ends with the component that waits to connect again', async () => {
    const { options, server, clock } = setup()
    const { app, result: client } = mount(undefined, () => useOwnClient(options))
    await settle()
    server.stop()
    expect([client.state.status, clock.pending.length]).toEqual(['waiting', 1])
    app.unmount()
    expect(clock.pending).toEqual([])
  })

  it('ends with an effect scope, which needs no app', async () => {
    const { options, network } = setup()
    const scope = effectScope()
    const heard: unknown[] = []
    scope.run(() => {
      const client = useOwnClient(options)
      useMessage('*', (data) => heard.push(data), { client })
    })
    await settle()
    network.last.receive({ type: 'ticker', data: 1 })
    scope.stop()
    expect([heard, network.last.closed?.code]).toEqual([[1], 1000])
  })

  it('is refused where it could never end', async () => {
    const { options, network } = setup()
    expect(() => useOwnClient(options)).toThrow(
      'useOwnClient() outside a component or an effect scope is not supported here. It could never end.',
    )
    await settle()
    expect(network.transports).toEqual([])
  })

  it('works out of reactive objects, which proxy what they hold', () => {
    const { options } = setup()
    const scope = effectScope()
    const held = scope.run(() => reactive({ client: useOwnClient(options, { connect: false }) }))
    expect(held?.client.state.status).toBe('idle')
    scope.stop()
  })

  it('does not connect on a server', async () => {
    const { options, network } = setup()
    const app = createSSRApp({
      setup() {
        const client = useOwnClient(options)
        const state = useConnectionState(client)
        const last = useLatest('ticker', { client })
        return () => h('p', `${state.value.status} ${String(last.value)}`)
      },
    })
    expect(await renderToString(app)).toBe('<p>idle undefined</p>')
    await settle()
    expect(network.transports).toEqual([])
  })
})
