import { PRIVATE_TOPIC, SESSION_VERSION, type Hello } from '@statewire/core/protocol'
import type { Claimed } from '../backplane/backplane.ts'
import type { Connection } from './connection.ts'
import { privateTopic, type HubCore } from './core.ts'
import type { Counters } from './counters.ts'
import { sessionFrame } from './encode.ts'
import { Feed } from './feed.ts'
import type { Entry } from './inbox.ts'
import type { User } from './types.ts'

/** A session as its link sees it. */
export interface OpenSession<U extends User> {
  readonly sid: string
  readonly user: U
  /** Messages that wait for their turn. */
  readonly waiting: number
  push(entry: Entry): void
  /** The link is gone. Idempotent. */
  end(): void
}

/**
 * Claims a session for a link, hands it over, and welcomes the client. Nothing is handed over when the link, or the session, was lost
 * meanwhile. Rejects when the backplane does.
 */
export async function openSession<U extends User>(
  core: HubCore<U>,
  link: Connection<U>,
  { hello, opened }: { readonly hello: Hello; readonly opened: (session: OpenSession<U>) => void },
): Promise<void> {
  const { user } = link
  await core.ready
  const { backplane, session: times } = core.options
  const { sid, tx } = hello
  // A client id is not a secret: another user who knows it has an outbox of their own by that name.
  const cid = JSON.stringify([user.id, hello.cid])
  await core.sessions.release({ sid, cid, userId: user.id })
  if (!link.open) return
  const claimed = await backplane.claim({ cid, sid, tx, userId: user.id, node: core.node, ...times })
  // The session is kept for its time, and ends by itself.
  if (!link.open) return
  const highest = Math.max(claimed.highest ?? 0, tx - 1)
  const session = core.sessions.adopt({ sid: claimed.sid, cid, generation: claimed.generation, highest, link })
  if (!session) return link.takenOver()
  const feed = privateFeed(core, link, claimed.sid)
  const end = (): void => {
    feed.end()
    core.sessions.detach(session, link)
  }
  const { inbox } = session
  // Before the welcome, which the client may answer at once.
  opened({
    sid: claimed.sid,
    user,
    end,
    push: (entry) => inbox.push(entry),
    get waiting() {
      return inbox.length
    },
  })
  await welcome(core, { link, hello, claimed, feed })
}

function privateFeed<U extends User>(core: HubCore<U>, link: Connection<U>, sid: string): Feed {
  return new Feed(core.topics.at(privateTopic(sid), PRIVATE_TOPIC), PRIVATE_TOPIC, {
    timers: link.timers,
    send: (frame) => link.send(frame),
    room: () => link.room(),
    failed: (error) => core.problem('backplane', error),
    gapped: () => void core.counters.topicGaps++,
  })
}

interface Arrival<U extends User> {
  readonly link: Connection<U>
  readonly hello: Hello
  readonly claimed: Claimed
  readonly feed: Feed
}

async function welcome<U extends User>(core: HubCore<U>, { link, hello, claimed, feed }: Arrival<U>): Promise<void> {
  const { backplane, session } = core.options
  const resumed = claimed.status === 'resumed'
  await feed.start(resumed ? hello.cursor : undefined, (status, cursor) => {
    // A session without a place to go on from has lost what was sent to it.
    const st = claimed.status !== 'resumed' ? claimed.status : status === 'resumed' ? 'resumed' : 'lost'
    count(core.counters, st)
    const rx = claimed.highest === undefined ? {} : { rx: claimed.highest }
    const { sid } = claimed
    const { durable } = backplane
    link.send(sessionFrame('sw.welcome', { v: SESSION_VERSION, sid, st, cursor, ...rx, ...session, durable }))
  })
}

function count(counters: Counters, st: 'new' | 'resumed' | 'lost'): void {
  if (st === 'new') counters.sessionsNew++
  else if (st === 'resumed') counters.sessionsResumed++
  else counters.sessionsLost++
}
