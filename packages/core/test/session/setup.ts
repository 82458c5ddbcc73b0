import { createFakes, settle, watchClient, type FakeTransport } from '@statewire/testing'
import { expect, onTestFinished } from 'vitest'
import {
  createClient,
  type AnyClient,
  type ClientOptions,
  type Envelope,
  type StatewireError,
} from '../../src/index.ts'
import { session } from '../../src/session/index.ts'

type Json = Record<string, unknown>

export const ANNOUNCEMENT = { v: [1], heartbeat: { mode: 'ping', everyMs: 25_000, withinMs: 10_000 }, maxBytes: 65_536 }
export const WELCOME = {
  v: 1,
  sid: 's1',
  st: 'new',
  cursor: { epoch: 'p1', offset: 0 },
  rx: 0,
  ttlMs: 120_000,
  dedupeMs: 86_400_000,
  durable: true,
}

/** A client with a session, over links that the test steers by hand, frame by frame. */
export function setup(options: Partial<ClientOptions> = {}) {
  const fakes = createFakes({ autoAccept: false })
  const client: AnyClient = createClient({
    url: 'ws://fake',
    transport: fakes.transport,
    env: fakes.env,
    flush: 'sync',
    session: session(),
    auth: { token: () => 'secret' },
    ...options,
  })
  // A codec or a protocol may change messages on their way.
  const isPlainJson = !options.codec && !options.protocol
  const watch = watchClient(client, { network: isPlainJson ? fakes.network : undefined, listen: true })
  const problems: StatewireError[] = []
  const messages: Envelope[] = []
  client.on('problem', (problem) => problems.push(problem))
  client.on('message', (message) => messages.push(message))
  const { network, clock } = fakes

  /** The text frames of a link, parsed, from the `from`-th on. */
  const sent = (from = 0, link: FakeTransport = network.last): Json[] => link.messages.slice(from) as Json[]
  /** Opens the next link and lets the server accept the token. */
  const open = async (sw?: unknown): Promise<FakeTransport> => {
    void client.connect()
    await settle()
    network.last.accept()
    network.last.receive({ type: 'auth ok', ...(sw === undefined ? {} : { sw }) })
    await settle()
    return network.last
  }
  const control = (type: string, sw: unknown, rest: object = {}): void => network.last.receive({ type, ...rest, sw })
  /** Opens the next link up to the welcome. */
  const welcome = async (overrides: object = {}): Promise<FakeTransport> => {
    const link = await open(ANNOUNCEMENT)
    control('sw.welcome', { ...WELCOME, ...overrides })
    await settle()
    return link
  }
  /** Ends the link and waits for the next one. */
  const drop = async (code = 1006): Promise<void> => {
    network.last.drop(code)
    clock.advance(15_000)
    await settle()
  }
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  return { ...fakes, client, problems, messages, sent, open, control, welcome, drop, settle }
}

export const codes = (problems: readonly StatewireError[]): string[] => problems.map(({ code }) => code)

type Wish = { id: number; c: string }

/** A client whose session is welcomed, and whose wishes the test grants. */
export async function connected(options: Partial<ClientOptions> = {}) {
  const world = setup(options)
  await world.welcome()
  const { control, sent, settle } = world
  const wishes = (): Wish[] =>
    sent()
      .filter(({ type }) => type === 'sw.sub')
      .flatMap(({ sw }) => (sw as { subs: Wish[] }).subs)
  /** Grants the newest wish for a topic. */
  const grant = async (c: string, offset = 10, answer: object = { st: 'new' }): Promise<void> => {
    await settle()
    const { id } = wishes().findLast((wish) => wish.c === c)!
    control('sw.subd', { id, c, cursor: { epoch: 'e1', offset }, ...answer })
    await settle()
  }
  const say = (c: string, o: number, data: unknown = o): void => control('say', { c, o }, { data })
  return { ...world, wishes, grant, say }
}
