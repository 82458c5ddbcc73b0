import { describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { useClient, useConnectionState, useLatest, useMessage, useSeries } from '../src/index.ts'
import { mount, setup } from './setup.ts'

describe('useClient', () => {
  it('gives the client of the app, and others by name', async () => {
    const [{ client }, { client: market }] = [await setup(), await setup({ name: 'market' })]
    const { result } = mount([client, market], () => [useClient(), useClient('market')])
    expect(result[0]).toBe(client)
    expect(result[1]).toBe(market)
  })

  it('takes the only client whatever its name', async () => {
    const { client } = await setup({ name: 'market' })
    expect(mount(client, () => useClient()).result).toBe(client)
  })

  it('says what is missing', async () => {
    const { client } = await setup()
    expect(() => useClient()).toThrow('useClient() outside setup() is not supported here. Call it in setup()')
    expect(() => mount(undefined, () => useClient())).toThrow(
      'useClient() without the plugin is not supported here. Call app.use(statewire(client)) first.',
    )
    expect(() => mount(client, () => useClient('market'))).toThrow(
      'Option "client of useClient()" must be "default", received "market".',
    )
  })
})

describe('useConnectionState', () => {
  it('shows the present state', async () => {
    const { client, server, paint } = await setup()
    const { html } = mount(
      client,
      () => useConnectionState(),
      (state) => state.value.status,
    )
    expect(html()).toBe('open')
    server.stop()
    await paint()
    expect(html()).toBe('waiting')
  })

  it('cannot be written', async () => {
    const { client } = await setup()
    const { result } = mount(client, () => useConnectionState())
    ;(result as { value: unknown }).value = 'mine'
    expect(result.value).toBe(client.state)
    expect(console.warn).toHaveBeenCalledTimes(1)
    vi.mocked(console.warn).mockClear()
  })
})

describe('useMessage', () => {
  it('calls for each message, at once', async () => {
    const { client, send } = await setup()
    const seen: unknown[] = []
    mount(client, () => useMessage('ticker', (data, { type }) => seen.push([type, data])))
    send(['ticker', 1], ['other', 2], ['ticker', 3])
    expect(seen).toEqual([
      ['ticker', 1],
      ['ticker', 3],
    ])
  })

  it("takes what nobody listens to with '*'", async () => {
    const { client, send } = await setup()
    const seen: unknown[] = []
    mount(client, () => {
      useMessage('ticker', () => {})
      useMessage('*', (data) => seen.push(data))
    })
    send(['ticker', 1], ['other', 2])
    expect(seen).toEqual([2])
  })
})

describe('useLatest', () => {
  it('shows the last message of a burst, in one update', async () => {
    const { client, send, paint } = await setup()
    let updates = 0
    const { result, html } = mount(
      client,
      () => {
        const ticker = useLatest('ticker')
        watch(ticker, () => updates++, { flush: 'sync' })
        return ticker
      },
      (ticker) => ticker.value,
    )
    expect(result.value).toBeUndefined()
    send(['ticker', 1], ['ticker', 2])
    expect(result.value).toBeUndefined()
    await paint()
    expect([html(), updates]).toEqual(['2', 1])
  })

  it('starts with the last message of before with replay, and is empty again after a sign-out', async () => {
    const { client, send, paint } = await setup()
    const first = mount(client, () => useLatest('ticker', { replay: true }))
    send(['ticker', 1])
    await paint()
    const second = mount(client, () => [useLatest('ticker', { replay: true }), useLatest('ticker')] as const)
    await paint()
    expect(second.result.map(({ value }) => value)).toEqual([1, undefined])
    client.signOut()
    expect([first.result.value, second.result[0].value]).toEqual([undefined, undefined])
  })
})

describe('useSeries', () => {
  it('keeps the last points, in one update per frame', async () => {
    const { client, send, paint } = await setup()
    let updates = 0
    const { result } = mount(client, () => {
      const points = useSeries('cpu', { limit: 300 })
      watch(points, () => updates++, { flush: 'sync' })
      return points
    })
    expect(result.value).toEqual([])
    send(...Array.from({ length: 999 }, (_, index) => ['cpu', index] as const))
    await paint()
    expect([result.value.length, result.value.at(-1), updates]).toEqual([300, 998, 1])
    client.signOut()
    expect([result.value, updates]).toEqual([[], 2])
  })

  it('makes points of data, or of each element', async () => {
    const { client, send, paint } = await setup()
    const { result } = mount(client, () => [
      useSeries('cpu', { limit: 3, map: ([year, value]: [string, number]) => `${year}:${value}` }),
      useSeries('many', { limit: 3, each: true, map: (n: number) => n * 2 }),
    ])
    send(['cpu', ['a', 1]], ['many', [1, 2, 3, 4]])
    await paint()
    expect(result.map(({ value }) => value)).toEqual([['a:1'], [4, 6, 8]])
  })

  it('refuses a wrong limit', async () => {
    const { client } = await setup()
    expect(() => mount(client, () => useSeries('cpu', { limit: 0 }))).toThrow('append.limit')
  })
})
