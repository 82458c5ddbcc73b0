import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import { rejected, settling } from '../lib/promises.ts'
import { frameSize } from '../transport/frame-size.ts'
import type { Frame } from '../transport/transport.ts'
import type { Watermark } from './watermark.ts'

/** Bounds of what is held unsent. */
export interface OutboxLimits {
  readonly capacity: number
  readonly maxBytes: number
  readonly maxAgeMs: number
  readonly overflow: 'reject' | 'dropOldest'
}

interface Entry {
  readonly frame: Frame
  readonly bytes: number
  readonly messageType: string
  readonly expiresAt: number
  readonly sent: () => void
  readonly rejected: (reason: unknown) => void
}

/** What the sender wants besides a promise. */
export interface SendOptions {
  /** Takes the message back as long as it is not sent. */
  readonly signal?: AbortSignal
  /** Called the moment the message is handed to the transport: a promise would tell after the reply may have come. */
  readonly onSent?: () => void
}

export interface OutboxDeps {
  readonly limits: OutboxLimits
  readonly clock: Clock
  readonly watermark: Watermark
}

/** Messages not yet sent (a send buffer), bounded by count, bytes and age. Each one settles exactly once. */
export class Outbox {
  readonly #deps: OutboxDeps
  #entries: Entry[] = []
  #bytes = 0
  #cancelExpiry: (() => void) | undefined

  constructor(deps: OutboxDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#entries.length
  }

  /** True when something could be sent, if the link takes it. */
  get ready(): boolean {
    return this.#entries.length > 0
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Takes a message in. The promise resolves when it was handed to the transport and rejects when it never will be.
   * An abort, now or before, takes it back as long as it is here, and rejects with the signal's reason.
   *
   * @throws {StatewireError} (as rejection) `OUTBOX_FULL`, `OUTBOX_DROPPED`, `EXPIRED`, `CLOSED`.
   */
  add(messageType: string, frame: Frame, { signal, onSent }: SendOptions = {}): Promise<void> {
    if (signal?.aborted) return rejected(signal.reason)
    const { limits, clock } = this.#deps
    const bytes = frameBytes(frame)
    const limit = this.#limitReachedBy(bytes)
    if (limit && (limits.overflow === 'reject' || bytes > limits.maxBytes)) {
      return rejected(new StatewireError('OUTBOX_FULL', { limit, messageType }))
    }
    while (this.#limitReachedBy(bytes)) this.#dropOldest()
    const { promise, resolve, reject } = settling(signal, (reason) => this.#takeBack(entry, reason))
    const sent = (): void => {
      onSent?.()
      resolve()
    }
    const entry: Entry = {
      frame,
      bytes,
      messageType,
      expiresAt: clock.monotonic() + limits.maxAgeMs,
      sent,
      rejected: reject,
    }
    this.#entries.push(entry)
    this.#bytes += bytes
    this.#noteLevel()
    if (this.#entries.length === 1) this.#scheduleExpiry()
    return promise
  }

  /** Hands messages over, oldest first, until `send` returns false. One that makes `send` throw is rejected with that. */
  drain(send: (frame: Frame) => boolean): void {
    for (let oldest = this.#takeOldest(); oldest; oldest = this.#takeOldest()) {
      try {
        if (!send(oldest.frame)) {
          this.#entries.unshift(oldest)
          this.#bytes += oldest.bytes
          break
        }
        oldest.sent()
      } catch (cause) {
        oldest.rejected(sendError(oldest.messageType, cause))
      }
    }
    this.#changed()
  }

  /** Rejects everything. */
  discard(reason: string): void {
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    this.#changed()
    for (const { rejected } of entries) rejected(new StatewireError('CLOSED', { reason }))
  }

  #limitReachedBy(bytes: number): string | undefined {
    return limitReached(this.#deps.limits, { messages: this.#entries.length, bytes: this.#bytes + bytes })
  }

  // Taken out before anything is done with it: what is done may lead back here.
  #takeOldest(): Entry | undefined {
    const oldest = this.#entries.shift()
    if (oldest) this.#bytes -= oldest.bytes
    return oldest
  }

  #takeBack(entry: Entry, reason: unknown): void {
    const index = this.#entries.indexOf(entry)
    if (index === -1) return
    this.#entries.splice(index, 1)
    this.#bytes -= entry.bytes
    entry.rejected(reason)
    this.#changed()
  }

  #dropOldest(): void {
    const oldest = this.#takeOldest()
    oldest?.rejected(new StatewireError('OUTBOX_DROPPED', { messageType: oldest.messageType }))
    this.#scheduleExpiry()
  }

  /** One timer for the oldest message; the others are younger. */
  #scheduleExpiry(): void {
    this.#cancelExpiry?.()
    this.#cancelExpiry = undefined
    const [oldest] = this.#entries
    const { clock, limits } = this.#deps
    if (!oldest || limits.maxAgeMs === Infinity) return
    this.#cancelExpiry = clock.schedule(oldest.expiresAt - clock.monotonic(), () => this.#expire())
  }

  #expire(): void {
    const { clock, limits } = this.#deps
    const now = clock.monotonic()
    for (let oldest = this.#entries[0]; oldest && oldest.expiresAt <= now; oldest = this.#entries[0]) {
      this.#takeOldest()
      oldest.rejected(new StatewireError('EXPIRED', { messageType: oldest.messageType, maxAgeMs: limits.maxAgeMs }))
    }
    this.#changed()
  }

  #changed(): void {
    this.#noteLevel()
    this.#scheduleExpiry()
  }

  #noteLevel(): void {
    this.#deps.watermark.note(this.#entries.length, this.#bytes)
  }
}

/** Which limit stands against one message more, if any. `bytes` includes it, `messages` does not. */
export function limitReached(
  { capacity, maxBytes }: OutboxLimits,
  held: { readonly messages: number; readonly bytes: number },
): string | undefined {
  if (held.messages >= capacity) return `outbox.capacity of ${capacity} messages`
  if (held.bytes > maxBytes) return `outbox.maxBytes of ${maxBytes} bytes`
  return undefined
}

/** Why the transport would not take a frame. */
export function sendError(messageType: string, cause: unknown): StatewireError {
  return StatewireError.is(cause) ? cause : new StatewireError('ENCODE', { messageType }, { cause })
}

const encoder = new TextEncoder()

export function frameBytes(frame: Frame): number {
  return typeof frame === 'string' ? encoder.encode(frame).length : frameSize(frame)
}
