import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FrameFilter } from './frame-filter.ts'
import type { FrameStep } from './frame-rules.ts'
import { reset } from './reset.ts'

/** How bytes travel; shared by all pipes of a proxy, read for every chunk. */
export interface Shape {
  /** Time each chunk spends on the way, in milliseconds. */
  latencyMs: number
  /** Longest rate, in bytes per second. */
  bytesPerSecond: number
  /** Every byte in a write of its own. */
  split: boolean
}

type Item =
  | { readonly kind: 'chunk'; readonly chunk: Buffer; readonly arrivedAt: number }
  | FrameStep
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }

/** What a pipe asks of the proxy. */
export interface FaultPipePort {
  /** Changes what passes. */
  readonly filter: FrameFilter
  /** Told how many bytes are about to be written; returns how many may be. Fewer than asked: the last ones ever. */
  allow(bytes: number): number
  /** A rule closes the connection. */
  close(code: number): void
}

const MOST_QUEUED_BYTES = 1_048_576

/** One direction of one proxied connection: reads at once, writes as the faults allow. Order is kept, ends included. */
export class FaultPipe {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #shape: Shape
  readonly #port: FaultPipePort
  #queue: Item[] = []
  #queuedBytes = 0
  #blocked = false
  #running = false
  #finished = false

  constructor(ends: { readonly source: Socket; readonly sink: Socket }, shape: Shape, port: FaultPipePort) {
    const { source, sink } = ends
    this.#source = source
    this.#sink = sink
    this.#shape = shape
    this.#port = port
    source.on('data', (chunk) => this.#push({ kind: 'chunk', chunk, arrivedAt: performance.now() }))
    source.on('end', () => this.#push({ kind: 'end' }))
    source.on('error', () => this.#push({ kind: 'reset' }))
  }

  block(): void {
    this.#blocked = true
  }

  heal(): void {
    this.#blocked = false
    this.#start()
  }

  /** These are the last bytes: what waits is dropped, and what comes later. */
  finish(bytes: Buffer): void {
    this.#finished = true
    this.#queue = [{ kind: 'bytes', bytes }, { kind: 'end' }]
    this.#source.resume()
    this.#start()
  }

  #push(item: Item): void {
    if (this.#finished) return
    this.#queue.push(item)
    if (item.kind === 'chunk') this.#queuedBytes += item.chunk.length
    if (this.#queuedBytes > MOST_QUEUED_BYTES) this.#source.pause()
    this.#start()
  }

  #start(): void {
    // Nothing in the loop rejects: a write to a dead socket calls back with an error, which is no concern of ours.
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let item = this.#next(); item !== undefined; item = this.#next()) await this.#take(item)
    this.#running = false
  }

  async #take(item: Item): Promise<void> {
    switch (item.kind) {
      case 'chunk':
        return this.#look(item.chunk, item.arrivedAt)
      case 'bytes':
        return this.#forward(item.bytes)
      case 'wait':
        return sleep(item.ms)
      case 'close':
        return this.#port.close(item.code)
      case 'cut':
        return this.#cut()
      case 'end':
        await this.#write(this.#port.filter.rest())
        this.#sink.end()
        return
      case 'reset':
        reset(this.#sink)
        return
      default:
        item satisfies never
    }
  }

  #next(): Item | undefined {
    if (this.#blocked) return undefined
    const item = this.#queue.shift()
    if (item?.kind === 'chunk') this.#queuedBytes -= item.chunk.length
    if (this.#queuedBytes <= MOST_QUEUED_BYTES) this.#source.resume()
    return item
  }

  async #look(chunk: Buffer, arrivedAt: number): Promise<void> {
    const leftMs = this.#shape.latencyMs - (performance.now() - arrivedAt)
    if (leftMs > 0) await sleep(leftMs)
    // Back into the queue, so that a black hole that begins meanwhile holds them back.
    if (!this.#finished) this.#queue.unshift(...this.#port.filter.push(chunk))
  }

  async #forward(chunk: Buffer): Promise<void> {
    const { bytesPerSecond, split } = this.#shape
    const allowed = chunk.subarray(0, this.#port.allow(chunk.length))
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
      if (bytes.length === 0 || this.#sink.destroyed || this.#sink.writableEnded) resolve()
      else this.#sink.write(bytes, () => resolve())
    })
  }

  #cut(): void {
    reset(this.#source)
    reset(this.#sink)
  }
}
