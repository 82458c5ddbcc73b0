import type { AnyProtocolTypes, Client, ConnectionState } from '@statewire/core'
import { createClient, defineProtocol } from '@statewire/core'
import { describe, expectTypeOf, it } from 'vitest'
import { createApp, type ComponentCustomProperties, type ShallowRef } from 'vue'
import {
  statewire,
  useClient,
  useConnectionState,
  useLatest,
  useMessage,
  useOwnClient,
  useSeries,
} from '../src/index.ts'

// The client 'registered' is declared, for all type tests, in packages/core/test/register.test-d.ts.
const options = { client: 'registered' } as const

describe('statewire', () => {
  it('takes clients of any protocol', () => {
    const client = createClient({ url: 'wss://example.org' })
    createApp({})
      .use(statewire(client))
      .use(statewire([client]))
      .use(statewire({ name: client }))
    // @ts-expect-error: not a client
    statewire({ name: 'client' })
  })

  it('types $socket', () => {
    expectTypeOf<ComponentCustomProperties['$socket']>().toExtend<Client>()
  })
})

describe('composables', () => {
  it('know the messages of a registered client', () => {
    useMessage('ticker', (data) => expectTypeOf(data).toEqualTypeOf<{ price: number }>(), options)
    expectTypeOf(useLatest('ticker', options)).toEqualTypeOf<Readonly<ShallowRef<{ price: number } | undefined>>>()
    expectTypeOf(useSeries('ticker', { limit: 3, ...options })).toEqualTypeOf<
      Readonly<ShallowRef<readonly { price: number }[]>>
    >()
    expectTypeOf(useSeries('ticker', { limit: 3, map: ({ price }) => price, ...options })).toEqualTypeOf<
      Readonly<ShallowRef<readonly number[]>>
    >()
    useClient('registered').onMessage('ticker', ({ price }) => expectTypeOf(price).toBeNumber())
    expectTypeOf(useConnectionState('registered').value).toEqualTypeOf<ConnectionState>()
  })

  it('refuse messages that a registered client does not receive', () => {
    // @ts-expect-error: no such message type
    useMessage('tickr', () => {}, options)
    // @ts-expect-error: no such message type
    useLatest('tickr', options)
    // @ts-expect-error: no such message type
    useSeries('tickr', { limit: 3, ...options })
    // @ts-expect-error: no array
    useSeries('ticker', { limit: 3, each: true, map: (n: number) => n, ...options })
    // @ts-expect-error: a limit is needed
    useSeries('ticker', options)
  })

  it('take anything where nothing is declared', () => {
    useMessage('anything', (data) => expectTypeOf(data).toBeAny())
    useMessage('*', (data, message) => [expectTypeOf(data).toBeUnknown(), expectTypeOf(message.type).toBeString()])
    expectTypeOf(useLatest('anything').value).toBeAny()
    useSeries('anything', { limit: 3, each: true, map: ([year, value]) => ({ year, value }) })
  })

  it('give what cannot be written', () => {
    // @ts-expect-error: readonly
    useLatest('anything').value = 1
    // @ts-expect-error: readonly
    useSeries('anything', { limit: 3 }).value.push(1)
  })
})

describe('useOwnClient', () => {
  const protocol = defineProtocol<{ receive: { cpu: number[] } }>()

  it('gives a client that the composables know the messages of', () => {
    const client = useOwnClient({ url: 'wss://example.org', protocol }, { connect: false })
    expectTypeOf(useLatest('cpu', { client })).toEqualTypeOf<Readonly<ShallowRef<number[] | undefined>>>()
    expectTypeOf(useSeries('cpu', { limit: 3, client }).value).toEqualTypeOf<readonly number[][]>()
    expectTypeOf(useSeries('cpu', { limit: 3, each: true, client }).value).toEqualTypeOf<readonly number[]>()
    useMessage('cpu', (data) => expectTypeOf(data).toEqualTypeOf<number[]>(), { client })
    useMessage('*', (data) => expectTypeOf(data).toBeUnknown(), { client })
    expectTypeOf(useConnectionState(client).value).toEqualTypeOf<ConnectionState>()
    // @ts-expect-error: no such message type
    useLatest('cpus', { client })
    // @ts-expect-error: no such message type
    useMessage('cpus', () => {}, { client })
  })

  it('takes anything where nothing is declared', () => {
    const client = useOwnClient({ url: 'wss://example.org' })
    expectTypeOf(client).toEqualTypeOf<Client<AnyProtocolTypes>>()
    expectTypeOf(useLatest('anything', { client }).value).toBeAny()
    useMessage('anything', (data) => expectTypeOf(data).toBeAny(), { client })
  })

  it('takes the options of a client', () => {
    // @ts-expect-error: no url
    useOwnClient({})
    // @ts-expect-error: no such option
    useOwnClient({ url: 'wss://example.org' }, { immediate: true })
  })
})
