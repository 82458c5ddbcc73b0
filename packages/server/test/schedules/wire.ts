import type { Frame, OpenTransport, Transport, TransportRequest } from '@statewire/core'
import type { FakeClock } from '@statewire/testing'
import type { Hub, HubLink, HubSocket } from '@statewire/server'

const LATENCY_MS = 20

/** One link between a client and a hub, on a fake clock: frames take time, and the network may lose both. */
class Wire {
  readonly #clock: FakeClock
  readonly #request: TransportRequest
  #hubLink: HubLink | undefined
  #clientOpen = true
  #up = true
  #down = true
  /** What was swallowed is delivered when the network is back, as TCP does. */
  #held: (() => void)[] = []

  constructor(clock: FakeClock, request: TransportRequest, hub: Hub | undefined) {
    this.#clock = clock
    this.#request = request
    this.#later(() => {
      if (!hub) return this.#closeClient(1006)
      if (!this.#clientOpen) return
      request.onOpen()
      this.#hubLink = hub.accept(this.#socket)
    })
  }

  get #socket(): HubSocket {
    return {
      send: (text) => this.#travel('down', () => this.#clientOpen && this.#request.onFrame(text)),
      close: (code) => {
        this.#travel('down', () => this.#closeClient(code))
        this.#later(() => this.#closeHub())
      },
      terminate: () => this.cut(),
      bufferedBytes: 0,
      ping: () => this.#travel('down', () => this.#travel('up', () => this.#hubLink?.alive())),
    }
  }

  readonly transport: Transport = {
    send: (frame: Frame) => {
      if (!this.#clientOpen) return false
      this.#travel('up', () => this.#hubLink?.frame(frame as string))
      return true
    },
    close: () => {
      this.#travel('up', () => this.#closeHub())
      this.#later(() => this.#closeClient(1000))
    },
    bufferedBytes: 0,
    binaryType: 'arraybuffer',
  }

  /** Both ends learn at once that the link is gone; what was on its way is lost. */
  cut(): void {
    this.#up = this.#down = false
    this.#held = []
    this.#closeHub()
    this.#closeClient(1006)
  }

  /** Nothing passes, and nobody is told. */
  blackhole(direction: 'up' | 'down' | 'both'): void {
    if (direction !== 'down') this.#up = false
    if (direction !== 'up') this.#down = false
  }

  heal(): void {
    this.#up = this.#down = true
    // At once: what is already on its way must not overtake it.
    for (const deliver of this.#held.splice(0)) deliver()
  }

  #travel(direction: 'up' | 'down', deliver: () => void): void {
    this.#later(() => {
      if (direction === 'up' ? this.#up : this.#down) deliver()
      else this.#held.push(deliver)
    })
  }

  #later(callback: () => void): void {
    this.#clock.schedule(LATENCY_MS, callback)
  }

  #closeClient(code: number): void {
    if (!this.#clientOpen) return
    this.#clientOpen = false
    this.#request.onClose({ code, reason: '' })
  }

  #closeHub(): void {
    const link = this.#hubLink
    this.#hubLink = undefined
    link?.closed()
  }
}

/** A network between clients and the hub that is there at the moment. */
export class Network {
  readonly #clock: FakeClock
  #wires: Wire[] = []
  /** Undefined: nobody listens. */
  hub: Hub | undefined

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  readonly open: OpenTransport = (request) => {
    const wire = new Wire(this.#clock, request, this.hub)
    this.#wires.push(wire)
    return wire.transport
  }

  cut(): void {
    for (const wire of this.#wires.splice(0)) wire.cut()
  }

  blackhole(direction: 'up' | 'down' | 'both'): void {
    for (const wire of this.#wires) wire.blackhole(direction)
  }

  heal(): void {
    for (const wire of this.#wires) wire.heal()
  }
}
