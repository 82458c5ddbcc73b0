import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How bytes travel; shared by all pipes of a proxy, read for every chunk. */
export interface Shape {
  /** Time each chunk spends on the way, in milliseconds. */
  latencyMs: number
  /** Longest rate, in bytes per second. */
  bytesPerSecond: number
  /** Every byte in a write of its own. */
  split: boolean
}

type Item = { readonly chunk: Buffer; readonly arrivedAt: number } | 'end' | 'reset'

const MOST_QUEUED_BYTES = 1_048_576

/** One direction of one proxied connection: reads at once, writes as the faults allow. Order is kept, ends included. */
export class FaultPipe {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #shape: Shape
  readonly #onBytes: (bytes: number) => number
  #queue: Item[] = []
  #queuedBytes = 0
  #blocked = false
  #running = false

  /** @param onBytes Told how many bytes are about to be written; returns how many may be. Fewer than asked: the last ones ever. */
  constructor(source: Socket, sink: Socket, shape: Shape, onBytes: (bytes: number) => number) {
    this.#source = source
    this.#sink = sink
    this.#shape = shape
    this.#onBytes = onBytes
    source.on('data', (chunk) => this.#push({ chunk, arrivedAt: performance.now() }))
    source.on('end', () => this.#push('end'))
    source.on('error', () => this.#push('reset'))
  }

  block(): void {
    this.#blocked = true
  }

  heal(): void {
    this.#blocked = false
    this.#start()
  }

  #push(item: Item): void {
    this.#queue.push(item)
    if (typeof item === 'object') this.#queuedBytes += item.chunk.length
    if (this.#queuedBytes > MOST_QUEUED_BYTES) this.#source.pause()
    this.#start()
  }

  #start(): void {
    // Nothing in the loop rejects: a write to a dead socket calls back with an error, which is no concern of ours.
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      if (item === 'end') this.#sink.end()
      else if (item === 'reset') this.#sink.resetAndDestroy()
      else await this.#forward(item.chunk, item.arrivedAt)
    }
    this.#running = false
  }

  #next(): Item | undefined {
    if (this.#blocked) return undefined
    const item = this.#queue.shift()
    if (typeof item === 'object') this.#queuedBytes -= item.chunk.length
    if (this.#queuedBytes <= MOST_QUEUED_BYTES) this.#source.resume()
    return item
  }

  async #forward(chunk: Buffer, arrivedAt: number): Promise<void> {
    const { latencyMs, bytesPerSecond, split } = this.#shape
    const leftMs = latencyMs - (performance.now() - arrivedAt)
    if (leftMs > 0) await sleep(leftMs)
    const allowed = chunk.subarray(0, this.#onBytes(chunk.length))
    const stepBytes = split ? 1 : Math.max(1, Math.min(allowed.length, Math.ceil(bytesPerSecond / 20)))
    for (let at = 0; at < allowed.length; at += stepBytes) {
      const step = allowed.subarray(at, at + stepBytes)
      await this.#write(step)
      if (Number.isFinite(bytesPerSecond)) await sleep((step.length / bytesPerSecond) * 1_000)
    }
    if (allowed.length < chunk.length) this.#cut()
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#sink.destroyed || this.#sink.writableEnded) resolve()
      else this.#sink.write(bytes, () => resolve())
    })
  }

  #cut(): void {
    this.#source.resetAndDestroy()
    this.#sink.resetAndDestroy()
  }
}
