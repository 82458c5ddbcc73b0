import type { Client, Wire } from '@statewire/core'
import { defineProtocol, type AnyProtocolTypes, type Protocol, type TypesOf } from '@statewire/core/protocol'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface Ticker {
  symbol: string
  price: number
}
interface Say {
  text: string
}
interface Chart {
  points: readonly number[]
}

declare function clientOf<P extends Protocol>(protocol: P): Client<TypesOf<P>>

const typesOnly = defineProtocol<{
  receive: { ticker: Ticker; notice: string }
  send: { say: Say }
  requests: { getData: { params: { name: string }; result: Chart } }
}>()

const withZod = defineProtocol({
  receive: { ticker: z.object({ symbol: z.string(), price: z.number() }), at: z.string().transform(Number) },
  send: { say: z.object({ text: z.string() }), at: z.string().transform(Number) },
  requests: { getData: { params: z.object({ name: z.string() }), result: z.array(z.number()) } },
})

const withValibot = defineProtocol({
  receive: {
    ticker: v.object({ symbol: v.string(), price: v.number() }),
    at: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
  },
  send: { say: v.object({ text: v.string() }) },
  requests: { getData: { params: v.string(), result: v.array(v.number()) } },
})

describe('defineProtocol', () => {
  it('keeps types that are only declared', () => {
    type Types = TypesOf<typeof typesOnly>
    expectTypeOf<Types['receive']['ticker']>().toEqualTypeOf<Ticker>()
    expectTypeOf<Types['send']['say']>().toEqualTypeOf<Say>()
    expectTypeOf<Types['requests']['getData']['result']>().toEqualTypeOf<Chart>()
  })

  it('infers from zod: output of what is received, input of what is sent', () => {
    type Types = TypesOf<typeof withZod>
    expectTypeOf<Types['receive']['ticker']>().toEqualTypeOf<Ticker>()
    expectTypeOf<Types['receive']['at']>().toEqualTypeOf<number>()
    expectTypeOf<Types['send']['at']>().toEqualTypeOf<string>()
    expectTypeOf<Types['requests']['getData']['params']>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<Types['requests']['getData']['result']>().toEqualTypeOf<number[]>()
  })

  it('infers from valibot', () => {
    type Types = TypesOf<typeof withValibot>
    expectTypeOf<Types['receive']['ticker']>().toEqualTypeOf<Ticker>()
    expectTypeOf<Types['receive']['at']>().toEqualTypeOf<number>()
    expectTypeOf<Types['send']['say']>().toEqualTypeOf<Say>()
    expectTypeOf<Types['requests']['getData']['params']>().toEqualTypeOf<string>()
  })

  it('leaves a group open that is not declared, and closes one that is', () => {
    const receiveOnly = defineProtocol<{ receive: { ticker: Ticker } }>()
    type Types = TypesOf<typeof receiveOnly>
    expectTypeOf<keyof Types['receive']>().toEqualTypeOf<'ticker'>()
    expectTypeOf<Types['send']>().toEqualTypeOf<AnyProtocolTypes['send']>()
    expectTypeOf<Types['requests']>().toEqualTypeOf<AnyProtocolTypes['requests']>()

    const sendOnly = defineProtocol({ send: { say: z.string() } })
    type SendTypes = TypesOf<typeof sendOnly>
    expectTypeOf<keyof SendTypes['send']>().toEqualTypeOf<'say'>()
    expectTypeOf<SendTypes['receive']>().toEqualTypeOf<AnyProtocolTypes['receive']>()
  })

  it('rejects what is no declaration', () => {
    // @ts-expect-error a misspelt group beside a right one
    defineProtocol<{ recieve: { ticker: Ticker }; send: { say: Say } }>()
    // @ts-expect-error a misspelt group beside a right one
    defineProtocol({ recieve: { ticker: z.string() }, send: { say: z.string() } })
    // @ts-expect-error a type where a schema belongs
    defineProtocol({ receive: { ticker: 'Ticker' } })
    // @ts-expect-error a request has params and a result
    defineProtocol({ requests: { getData: { params: z.string() } } })
    // @ts-expect-error a schema is not a request
    defineProtocol({ requests: { getData: z.string() } })
  })
})

describe('a client with a protocol', () => {
  const types = clientOf(typesOnly)
  const zod = clientOf(withZod)
  const valibot = clientOf(withValibot)

  it('types what onMessage gives', () => {
    types.onMessage('ticker', (data) => expectTypeOf(data).toEqualTypeOf<Ticker>())
    zod.onMessage('at', (data) => expectTypeOf(data).toEqualTypeOf<number>())
    valibot.onMessage('ticker', (data) => expectTypeOf(data).toEqualTypeOf<Ticker>())
    types.onMessage('*', (data) => expectTypeOf(data).toBeUnknown())
    // @ts-expect-error no such type is received
    types.onMessage('tikcer', () => {})
    // @ts-expect-error no such type is received
    zod.onMessage('tikcer', () => {})
    // @ts-expect-error a ticker is no string
    valibot.onMessage('ticker', (data: string) => data)
  })

  it('types what send takes', () => {
    void types.send('say', { text: 'hi' })
    void zod.send('at', '12')
    void valibot.send('say', { text: 'hi' })
    // @ts-expect-error no such type is sent
    void types.send('shout', { text: 'hi' })
    // @ts-expect-error the text is a string
    void types.send('say', { text: 1 })
    // @ts-expect-error the input is a string, the output a number
    void zod.send('at', 12)
    // @ts-expect-error the text is missing
    void valibot.send('say', {})
  })

  it('leaves everything open without a protocol', () => {
    const plain = {} as Client
    plain.onMessage('anything', (data) => expectTypeOf(data).toBeAny())
    void plain.send('anything', 1)
  })
})

describe('Wire', () => {
  interface State {
    last: Ticker | null
    total: number
  }
  const wire = <P extends Protocol>(_protocol: P, entries: NoInfer<Wire<State, TypesOf<P>['receive']>>) => entries

  it('types the rules by protocol and state', () => {
    wire(withZod, {
      ticker: (state, messages) => {
        expectTypeOf(state).toEqualTypeOf<State>()
        expectTypeOf(messages).toEqualTypeOf<readonly Ticker[]>()
        return { last: messages.at(-1) ?? null }
      },
      at: [(state, messages) => ({ total: state.total + messages.length })],
      '*': (state, messages) => ({ total: state.total + messages.length }),
    })
    wire(typesOnly, { notice: (_state, messages) => ({ total: messages.join('').length }) })
    wire(withValibot, { ticker: (_state, [first]) => ({ last: first ?? null }) })
  })

  it('rejects unknown types, unknown keys and wrong payloads', () => {
    // @ts-expect-error no such type is received
    wire(withZod, { tikcer: () => ({}) })
    wire(typesOnly, {
      // @ts-expect-error a ticker is no number
      ticker: (state: State, messages: readonly number[]) => ({ total: state.total + messages.length }),
    })
    // @ts-expect-error the total is a number
    wire(withValibot, { at: () => ({ total: 'many' }) })
    // @ts-expect-error the protocol says string, the rule says Ticker
    wire(typesOnly, { notice: (_state: State, messages: readonly Ticker[]) => ({ last: messages[0] ?? null }) })
  })
})
