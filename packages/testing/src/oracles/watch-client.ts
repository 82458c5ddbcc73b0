import type { AnyClient } from '@statewire/core'
import { settle } from '../fakes/settle.ts'
import { createLedger, type LedgerViolation } from './ledger.ts'
import { messageKey } from './message-key.ts'
import { enterSendings, notDelivered, type Sending, type WatchedLink } from './traffic.ts'
import type { Violation } from './violation.ts'
import { ChannelWatch } from './watch-channels.ts'

export interface WatchOptions {
  /** All links of the client, oldest first: a `FakeNetwork` fits. Without it only promises and topics are watched. */
  readonly network?: { readonly transports: readonly WatchedLink[] } | undefined
  /** Listens to every message, and compares them with what was delivered. While somebody listens, a client conflates nothing. @default false */
  readonly listen?: boolean
}

export type ClientViolation = LedgerViolation | Violation<'not delivered'>

export interface ClientWatch {
  /** Disposes of the client, and returns every promise it did not keep. */
  end(): Promise<ClientViolation[]>
}

/**
 * Watches what a client does, from the moment it is made, and enters it into a ledger. Each `send`, `sendRaw`, `request` and
 * `publish` settles, at the latest when the client is disposed of; what was resolved has left, what was rejected has not (but
 * for what the server might have taken), and everything leaves once, in the order of the calls. What listeners got had arrived, in that
 * order and as often; a topic has no hole without a resync.
 *
 * Messages are compared as `{type, data}` in JSON: leave `network` out for a client with a codec or a protocol that changes them.
 *
 * @example
 * const watch = watchClient(client, { network, listen: true })
 * // the test
 * expect(await watch.end()).toEqual([])
 */
export function watchClient(client: AnyClient, { network, listen = false }: WatchOptions = {}): ClientWatch {
  const ledger = createLedger()
  const sendings: Sending[] = []
  const shown: string[] = []
  const note: Note = (kind, key, promise) => {
    const sending: Sending = { id: sendings.length + 1, kind, key }
    sendings.push(sending)
    promise.then(
      () => (sending.outcome = 'ok'),
      () => (sending.outcome = 'rejected'),
    )
    return promise
  }
  watchSends(client, note)
  const channels = new ChannelWatch(client, ledger, (type, data, promise) =>
    note('message', messageKey({ type, data }), promise),
  )
  if (listen) {
    client.on('message', (message) => {
      const key = messageKey(message)
      if (!channels.shown(message) && key !== undefined) shown.push(key)
    })
  }
  return {
    async end() {
      client.dispose()
      await settle()
      enterSendings(ledger, sendings, network?.transports)
      const extra = network ? notDelivered(shown, network.transports) : []
      return [...ledger.check(), ...extra.map((text) => ({ kind: 'not delivered' as const, text }))]
    },
  }
}

type Note = <Result>(kind: Sending['kind'], key: string | undefined, promise: Promise<Result>) => Promise<Result>

function watchSends(client: AnyClient, note: Note): void {
  const send = client.send.bind(client)
  const sendRaw = client.sendRaw.bind(client)
  const request = client.request.bind(client)
  client.send = (type, data, options) => {
    const key = messageKey({ type, data })
    return note('message', key, send(type, data, options))
  }
  client.sendRaw = (frame) => {
    const key = messageKey(frame)
    return note('message', key, sendRaw(frame))
  }
  client.request = (type, params, options) => {
    const key = messageKey({ type, data: params })
    return note('request', key, request(type, params, options))
  }
}
