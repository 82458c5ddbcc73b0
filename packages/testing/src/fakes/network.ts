import type { OpenTransport } from '@statewire/core'
import { made } from './made.ts'
import { FakeTransport, type FakePeer } from './transport.ts'

/**
 * Keeps every link a client opens, for the test to steer. Pass `open` as option `transport`.
 *
 * @example
 * const network = new FakeNetwork()
 * const client = createClient({ url: 'ws://fake', transport: network.open, env })
 * network.last.accept()
 * network.last.receive({ type: 'ticker', data: 1 })
 */
export class FakeNetwork {
  /** Every link ever opened, oldest first. */
  readonly transports: FakeTransport[] = []
  /** When set, opening throws it, as a WebSocket constructor does for a malformed URL. No link is kept then. */
  failure: Error | undefined
  readonly #peer: FakePeer | undefined

  /** @param peer Reacts in place of the test, as `FakeServer` does. */
  constructor(peer?: FakePeer) {
    this.#peer = peer
    made({ network: this })
  }

  /** Opens a link that hangs until the test, or the peer, does something with it. */
  readonly open: OpenTransport = (request) => {
    if (this.failure) throw this.failure
    const transport = new FakeTransport(request, this.#peer)
    this.transports.push(transport)
    this.#peer?.opened(transport)
    return transport
  }

  /** The link opened last. @throws {Error} when none was. */
  get last(): FakeTransport {
    const last = this.transports.at(-1)
    if (!last) throw new Error('No link was opened yet.')
    return last
  }

  /** Links the client has not closed and that have not ended: what a real network would hold open. */
  get live(): FakeTransport[] {
    return this.transports.filter(({ status }) => status === 'connecting' || status === 'open')
  }
}
