import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { Failure, must, Skip } from './check.ts'
import { WireLink, type Received } from './link.ts'
import { announcementIn, isAcceptance, isRefusal, parseWelcome, type Announced, type Welcomed } from './wire.ts'

/** How to reach the server. */
export interface BenchOptions {
  readonly url: string
  readonly token: string | undefined
  readonly otherToken: string | undefined
  readonly wrongToken: string
  readonly topic: string
  readonly timeoutMs: number
  readonly quietMs: number
  /** The server answers heartbeats, whatever it announces. */
  readonly heartbeat: boolean
}

/** A link that is open. */
export interface Opened {
  readonly link: WireLink
  /** What the server announced, with the acceptance or soon after; asked for only where it matters, as it takes time to see that nothing comes. */
  readonly announced: () => Promise<Announced | undefined>
}

/** A link with a session. */
export interface InSession {
  readonly link: WireLink
  readonly welcome: Welcomed
  readonly cid: string
}

type Hello = Readonly<Record<string, unknown>>

/** What one check works with: links to the server, all of them ended with the check. */
export class Bench {
  readonly options: BenchOptions
  readonly #WebSocket: typeof WebSocket
  readonly #deadline: number
  readonly #links: WireLink[] = []

  constructor(options: BenchOptions, constructor: typeof WebSocket) {
    this.options = options
    this.#WebSocket = constructor
    this.#deadline = performance.now() + options.timeoutMs
  }

  /** Opens a link and says nothing. */
  async dial(): Promise<WireLink> {
    const { url, timeoutMs } = this.options
    const socket = new this.#WebSocket(url, { handshakeTimeout: timeoutMs, perMessageDeflate: false })
    const link = new WireLink(socket, this.#deadline)
    this.#links.push(link)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', (error) => reject(new Failure(`cannot connect to ${url}: ${error.message}`)))
    })
    return link
  }

  /** Opens a link and is let in. @param token Default: the given one. */
  async open(token: string | undefined = this.options.token): Promise<Opened> {
    const link = await this.dial()
    const announced = (): Promise<Announced | undefined> => this.#announcement(link)
    if (token === undefined) return { link, announced }
    link.send({ type: 'auth', data: token })
    const answer = await link.next('acceptance', (one) => isAcceptance(one) || isRefusal(one))
    must(isAcceptance(answer), 'the token was refused: give a valid one')
    const atOnce = announcementIn(answer)
    return { link, announced: atOnce ? () => Promise.resolve(atOnce) : announced }
  }

  /** Opens a link with a session. */
  async session(hello: Hello = {}, token?: string): Promise<InSession> {
    const { link } = await this.open(token)
    const cid = (hello['cid'] as string | undefined) ?? `conformance-${randomUUID()}`
    link.send({ type: 'sw.hello', sw: { v: 1, cid, tx: 1, ...hello } })
    const { message } = await link.next('sw.welcome', ofType('sw.welcome'))
    const welcome = parseWelcome(message?.['sw'])
    if (typeof welcome === 'string') throw new Failure(`sw.welcome is malformed: ${welcome}`)
    return { link, welcome, cid }
  }

  /** The topic that may be used. */
  get topic(): string {
    return this.options.topic
  }

  /** A payload that is not mistaken for that of another check. */
  payload(name: string): { readonly conformance: string; readonly name: string } {
    return { conformance: randomUUID(), name }
  }

  /** @throws {Skip} without a token. */
  token(): string {
    const { token } = this.options
    if (token === undefined) throw new Skip('give --token')
    return token
  }

  /** @throws {Skip} without one. */
  otherToken(): string {
    const { otherToken } = this.options
    if (otherToken === undefined) throw new Skip('give --other-token, of another user')
    return otherToken
  }

  /** Ends all links. */
  end(): void {
    for (const link of this.#links) link.drop()
  }

  // Servers without auth announce unasked, or not at all.
  async #announcement(link: WireLink): Promise<Announced | undefined> {
    const some = link.next('sw.announce', ofType('sw.announce')).then(announcementIn)
    const none = new Promise<undefined>((resolve) => void setTimeout(resolve, this.options.quietMs))
    return Promise.race([some.catch(() => undefined), none])
  }
}

/** Matches messages of a type. */
export function ofType(type: string): (received: Received) => boolean {
  return ({ message }) => message?.['type'] === type
}
