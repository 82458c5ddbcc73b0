import { expectTypeOf, it } from 'vitest'
import { createClient, defineProtocol, type ClientOptions } from '../src/index.ts'

const protocol = defineProtocol<{ send: { ping: undefined; say: { text: string } } }>()
const client = createClient({ url: 'wss://example.org', protocol })

it('sends without data where the protocol has none, and only there', () => {
  expectTypeOf(client.send('ping')).resolves.toEqualTypeOf<void>()
  expectTypeOf(client.send('say', { text: 'hello' })).resolves.toEqualTypeOf<void>()
  // @ts-expect-error: the data is missing
  void client.send('say')
  // @ts-expect-error: an unknown type
  void client.send('nope')
})

it('sends anything without a protocol, also with options that are only said to be options', () => {
  const options: ClientOptions = { url: 'wss://example.org' }
  for (const plain of [createClient({ url: 'wss://example.org' }), createClient(options)]) {
    void plain.send('anything')
    void plain.send('anything', 1)
    plain.onMessage('anything', (data) => expectTypeOf(data).toBeAny())
  }
})
