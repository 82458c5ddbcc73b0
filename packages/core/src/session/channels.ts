import type { Clock } from '../env/clock.ts'
import { invalidOption } from '../lib/assert.ts'
import { StatewireError } from '../lib/errors.ts'
import { rejected } from '../lib/promises.ts'
import type { Codec } from '../protocol/codec.ts'
import { MAX_NAME_BYTES, parseName, PRIVATE_TOPIC, type SessionMessages, type Sub } from '../protocol/session/index.ts'
import type { Frame } from '../transport/transport.ts'
import { SessionChannel } from './channel.ts'
import type { Posting } from './port.ts'

const SUBS_PER_FRAME = 64

export interface ChannelsDeps {
  readonly clock: Clock
  readonly codec: Codec
  readonly tell: <Type extends 'sw.sub' | 'sw.unsub'>(type: Type, sw: SessionMessages[Type]) => void
  readonly post: (messageType: string, frame: Frame, posting: Posting) => Promise<void>
  readonly report: (error: StatewireError) => void
}

/** The channels of one session: what each wishes is told in as few frames as can be. */
export class Channels {
  readonly #deps: ChannelsDeps
  readonly #channels = new Map<string, SessionChannel>()
  #welcomed = false
  #lastId = 0
  #unsent: Sub[] = []

  constructor(deps: ChannelsDeps) {
    this.#deps = deps
  }

  find(topic: string): SessionChannel | undefined {
    return this.#channels.get(topic)
  }

  at(topic: string): SessionChannel {
    const known = this.#channels.get(topic)
    if (known) return known
    if (parseName(topic) === undefined || topic === PRIVATE_TOPIC) {
      const expected = `a topic: 1 to ${MAX_NAME_BYTES} bytes without control characters, and not "${PRIVATE_TOPIC}"`
      throw invalidOption('channel(topic)', expected, topic)
    }
    const { clock, codec, tell, post, report } = this.#deps
    const channel = new SessionChannel({
      topic,
      clock,
      report,
      nextId: () => ++this.#lastId,
      subscribe: (sub) => this.#subscribeSoon(sub),
      unsubscribe: (id) => tell('sw.unsub', { id, c: topic }),
      publish: (type, data) => {
        try {
          return post(type, codec.encode({ type, data }), { topic })
        } catch (cause) {
          return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
        }
      },
    })
    this.#channels.set(topic, channel)
    return channel
  }

  /** The session is there: it is told everything that is wished. */
  welcome(): void {
    this.#welcomed = true
    for (const channel of this.#channels.values()) {
      const sub = channel.wish()
      if (sub) this.#unsent.push(sub)
    }
    this.#send()
  }

  linkLost(): void {
    this.#welcomed = false
    this.#unsent = []
    for (const channel of this.#channels.values()) channel.linkLost()
  }

  /** Another user, or none. */
  forget(): void {
    for (const channel of this.#channels.values()) channel.forget()
  }

  dispose(): void {
    for (const channel of this.#channels.values()) channel.dispose()
    this.#channels.clear()
  }

  #subscribeSoon(sub: Sub): void {
    if (!this.#welcomed) return // the welcome asks for everything
    this.#unsent.push(sub)
    // One frame for all that ask in this task.
    if (this.#unsent.length === 1) queueMicrotask(() => this.#send())
  }

  #send(): void {
    const subs = this.#unsent
    this.#unsent = []
    for (let i = 0; i < subs.length; i += SUBS_PER_FRAME) {
      this.#deps.tell('sw.sub', { subs: subs.slice(i, i + SUBS_PER_FRAME) })
    }
  }
}
