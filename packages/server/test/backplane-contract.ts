import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Backplane, Claim, Origin, Publication } from '@statewire/server'

/** A store that can have several nodes. */
export interface BackplaneHarness {
  /** A further backplane on the same store, not opened. */
  node(): Backplane
  /** Lets time pass: by a fake clock, or by waiting. */
  pass(ms: number): Promise<void>
  dispose(): Promise<void>
}

interface Live {
  readonly topic: string
  readonly epoch: string
  readonly publication: Publication
}

interface Node {
  readonly backplane: Backplane
  readonly live: Live[]
  readonly takenOver: [sid: string, generation: number][]
}

const RETENTION = { messages: 5, ttlMs: 60_000 }
const DEDUPE_MS = 60_000
// Long enough for a store on the network, short enough to wait for.
const SHORT_MS = 300

/** Describes what every backplane promises. `make` gives a store that is empty or shares nothing with the one before. */
export function describeBackplaneContract(name: string, make: () => Promise<BackplaneHarness>): void {
  describe(`${name} backplane`, () => {
    const started: { harness: BackplaneHarness; nodes: Node[] }[] = []

    afterEach(async () => {
      for (const { harness, nodes } of started.splice(0)) {
        for (const { backplane } of nodes) await backplane.close()
        await harness.dispose()
      }
    })

    async function setup(count = 1) {
      const harness = await make()
      const nodes: Node[] = []
      started.push({ harness, nodes })
      for (let i = 0; i < count; i++) {
        const node: Node = { backplane: harness.node(), live: [], takenOver: [] }
        await node.backplane.open(`node-${i}`, {
          published: (topic, epoch, publication) => node.live.push({ topic, epoch, publication }),
          takenOver: (sid, generation) => node.takenOver.push([sid, generation]),
          interrupted: () => {},
        })
        nodes.push(node)
      }
      const { backplane } = nodes[0]!
      const publish = (payload: string, origin?: Origin, retention = RETENTION) =>
        backplane.publish({ topic: 'room', payload, retention, ...(origin && { origin }) })
      const claim = (given: Partial<Claim> = {}, of: Backplane = backplane) =>
        of.claim({ cid: 'cid', userId: 'ann', node: 'node-0', tx: 1, ttlMs: 60_000, dedupeMs: DEDUPE_MS, ...given })
      const payloads = async (since: { epoch: string; offset: number }) =>
        (await backplane.history('room', since, RETENTION)).publications?.map(({ payload }) => payload)
      return { harness, nodes, backplane, publish, claim, payloads }
    }

    const eventually = (check: () => void) => vi.waitFor(check, { timeout: 3_000, interval: 10 })

    describe('a log', () => {
      it('starts empty, at offset 0 of an epoch of its own', async () => {
        const { backplane } = await setup()
        const { top } = await backplane.history('room', undefined, RETENTION)
        const other = await backplane.history('other', undefined, RETENTION)
        expect(top.offset).toBe(0)
        expect(other.top.epoch).not.toBe(top.epoch)
      })

      it('counts offsets from 1 without a hole, in one epoch', async () => {
        const { backplane, publish } = await setup()
        const { top } = await backplane.history('room', undefined, RETENTION)
        const cursors = [await publish('a'), await publish('b')]
        expect(cursors).toEqual([
          { outcome: 'ok', cursor: { epoch: top.epoch, offset: 1 } },
          { outcome: 'ok', cursor: { epoch: top.epoch, offset: 2 } },
        ])
      })

      it('returns what follows a cursor, oldest first, with the end', async () => {
        const { backplane, publish } = await setup()
        for (const payload of ['a', 'b', 'c']) await publish(payload)
        const { top } = await backplane.history('room', undefined, RETENTION)
        const history = await backplane.history('room', { epoch: top.epoch, offset: 1 }, RETENTION)
        expect(history).toEqual({
          top: { epoch: top.epoch, offset: 3 },
          publications: [
            { offset: 2, payload: 'b' },
            { offset: 3, payload: 'c' },
          ],
        })
        expect((await backplane.history('room', history.top, RETENTION)).publications).toEqual([])
      })

      it('F36 cannot tell what follows a cursor that is older than what is kept', async () => {
        const { backplane, publish, payloads } = await setup()
        for (const payload of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await publish(payload)
        const { epoch } = (await backplane.history('room', undefined, RETENTION)).top
        expect(await payloads({ epoch, offset: 1 })).toBeUndefined()
        expect(await payloads({ epoch, offset: 2 })).toEqual(['c', 'd', 'e', 'f', 'g'])
      })

      it('F35 cannot tell what follows a cursor beyond the end', async () => {
        const { backplane, publish, payloads } = await setup()
        await publish('a')
        const { epoch } = (await backplane.history('room', undefined, RETENTION)).top
        expect(await payloads({ epoch, offset: 2 })).toBeUndefined()
      })

      it('F30 cannot tell what follows a cursor of another epoch', async () => {
        const { publish, payloads } = await setup()
        await publish('a')
        expect(await payloads({ epoch: 'another', offset: 0 })).toBeUndefined()
        expect(await payloads({ epoch: 'another', offset: 1 })).toBeUndefined()
      })

      it('forgets messages by time, and then says so', async () => {
        const { harness, backplane, publish } = await setup()
        const retention = { messages: 5, ttlMs: SHORT_MS }
        const first = await publish('a', undefined, retention)
        if (first.outcome !== 'ok') throw new Error('not published')
        await harness.pass(SHORT_MS * 2)
        const { epoch } = first.cursor
        const { publications } = await backplane.history('room', { epoch, offset: 0 }, retention)
        expect(publications).toBeUndefined()
      })

      it('keeps payloads as they are', async () => {
        const { backplane, publish, payloads } = await setup()
        const odd = '{"type":"héllo \\u0000","data":"🙂\u2028 {}[]\\""}'
        const { epoch } = (await backplane.history('room', undefined, RETENTION)).top
        await publish(odd)
        expect(await payloads({ epoch, offset: 0 })).toEqual([odd])
      })
    })

    describe('live publications', () => {
      it('reach every node that subscribed, and no other, in order', async () => {
        const { nodes, publish } = await setup(3)
        await nodes[0]!.backplane.subscribe('room')
        await nodes[1]!.backplane.subscribe('room')
        await nodes[2]!.backplane.subscribe('other')
        const sent = []
        for (let i = 1; i <= 20; i++) sent.push(await publish(`m${i}`))
        const offsets = sent.map((one) => (one.outcome === 'ok' ? one.cursor.offset : 0))
        for (const { live } of nodes.slice(0, 2)) {
          await eventually(() => expect(live.map(({ publication }) => publication.offset)).toEqual(offsets))
          expect(live.map(({ publication }) => publication.payload)).toEqual(offsets.map((offset) => `m${offset}`))
          expect(new Set(live.map(({ topic }) => topic))).toEqual(new Set(['room']))
        }
        expect(nodes[2]!.live).toEqual([])
      })

      it('stop after unsubscribe', async () => {
        const { nodes, publish } = await setup(2)
        for (const { backplane } of nodes) await backplane.subscribe('room')
        await nodes[1]!.backplane.unsubscribe('room')
        await publish('a')
        await eventually(() => expect(nodes[0]!.live).toHaveLength(1))
        expect(nodes[1]!.live).toEqual([])
      })

      it('F49 of two nodes at once have one order everywhere, that of the log', async () => {
        const { nodes, payloads } = await setup(2)
        for (const { backplane } of nodes) await backplane.subscribe('room')
        const { top } = await nodes[0]!.backplane.history('room', undefined, RETENTION)
        const topic = 'room'
        const sends = ['a', 'b', 'c', 'd'].map((payload, i) =>
          nodes[i % 2]!.backplane.publish({ topic, payload, retention: RETENTION }),
        )
        await Promise.all(sends)
        const order = await payloads(top)
        expect(order?.toSorted()).toEqual(['a', 'b', 'c', 'd'])
        for (const { live } of nodes) {
          await eventually(() => expect(live.map(({ publication }) => publication.payload)).toEqual(order))
        }
      })
    })

    describe('numbers', () => {
      async function claimed() {
        const made = await setup()
        const { sid, generation } = await made.claim()
        const origin = (n: number): Origin => ({ cid: 'cid', sid, generation, n })
        return { ...made, sid, origin }
      }

      it('F147 are taken once: again is a duplicate, and publishes nothing', async () => {
        const { publish, origin, payloads } = await claimed()
        const first = await publish('a', origin(1))
        if (first.outcome !== 'ok') throw new Error('not published')
        expect(await publish('a', origin(1))).toEqual({ outcome: 'duplicate' })
        expect(await payloads({ epoch: first.cursor.epoch, offset: 0 })).toEqual(['a'])
      })

      it('F148 are taken in order: one too high names the number that is expected, and publishes nothing', async () => {
        const { backplane, publish, origin } = await claimed()
        await publish('a', origin(1))
        expect(await publish('c', origin(3))).toEqual({ outcome: 'gap', want: 2 })
        expect(await backplane.accept(origin(4), DEDUPE_MS)).toEqual({ outcome: 'gap', want: 2 })
        expect((await backplane.history('room', undefined, RETENTION)).top.offset).toBe(1)
      })

      it('are the same for publications, of whatever topic, and for what is only accepted', async () => {
        const { backplane, publish, origin } = await claimed()
        await publish('a', origin(1))
        expect(await backplane.accept(origin(2), DEDUPE_MS)).toEqual({ outcome: 'ok' })
        expect(await backplane.accept(origin(2), DEDUPE_MS)).toEqual({ outcome: 'duplicate' })
        const other = { topic: 'other', payload: 'x', retention: RETENTION }
        expect(await backplane.publish({ ...other, origin: origin(2) })).toEqual({ outcome: 'duplicate' })
        expect(await backplane.publish({ ...other, origin: origin(3) })).toMatchObject({ outcome: 'ok' })
      })

      it('F38 sent again at once are taken once', async () => {
        const { publish, origin } = await claimed()
        const outcomes = await Promise.all([publish('a', origin(1)), publish('a', origin(1)), publish('a', origin(1))])
        expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['duplicate', 'duplicate', 'ok'])
      })

      it('are remembered for the next claim', async () => {
        const { publish, origin, claim } = await claimed()
        await publish('a', origin(1))
        await publish('b', origin(2))
        expect((await claim({ cid: 'cid' })).highest).toBe(2)
        expect((await claim({ cid: 'another' })).highest).toBeUndefined()
      })

      it('F142 are forgotten after a while', async () => {
        const { harness, backplane, claim, origin } = await claimed()
        await backplane.accept(origin(1), SHORT_MS)
        await harness.pass(SHORT_MS * 2)
        expect((await claim()).highest).toBeUndefined()
      })

      it('go on where the client says that everything below is settled', async () => {
        const { backplane, claim } = await setup()
        const { sid, generation, highest } = await claim({ tx: 17 })
        expect(highest).toBeUndefined()
        const origin = { cid: 'cid', sid, generation }
        expect(await backplane.accept({ ...origin, n: 16 }, DEDUPE_MS)).toEqual({ outcome: 'duplicate' })
        expect(await backplane.accept({ ...origin, n: 18 }, DEDUPE_MS)).toEqual({ outcome: 'gap', want: 17 })
        expect(await backplane.accept({ ...origin, n: 17 }, DEDUPE_MS)).toEqual({ outcome: 'ok' })
      })

      it.each<[string, Partial<Claim>]>([
        ['that names a session', { sid: 'of before the restart' }],
        ['that has settled numbers', { tx: 17 }],
      ])('F142 of a client %s and is not known stay unknown until one is taken', async (_, given) => {
        const { backplane, claim } = await setup()
        expect((await claim(given)).highest).toBeUndefined()
        // The answer may have been lost.
        const { sid, generation, highest } = await claim(given)
        expect(highest).toBeUndefined()
        const n = given.tx ?? 1
        expect(await backplane.accept({ cid: 'cid', sid, generation, n }, DEDUPE_MS)).toEqual({ outcome: 'ok' })
        expect((await claim(given)).highest).toBe(n)
      })

      it('F142 become known with a publication as well', async () => {
        const { publish, claim } = await setup()
        const { sid, generation } = await claim({ tx: 4 })
        await publish('a', { cid: 'cid', sid, generation, n: 4 })
        expect((await claim()).highest).toBe(4)
      })

      it('are none, and known to be none, of a client that is new', async () => {
        const { claim } = await setup()
        expect((await claim()).highest).toBeUndefined()
        expect((await claim()).highest).toBe(0)
      })

      it('are not lowered by a claim that knows less', async () => {
        const { backplane, claim, origin } = await claimed()
        for (const n of [1, 2, 3]) await backplane.accept(origin(n), DEDUPE_MS)
        expect((await claim({ tx: 2 })).highest).toBe(3)
      })
    })

    describe('sessions', () => {
      it('are new without an id, and have secret ones', async () => {
        const { claim } = await setup()
        const [one, two] = [await claim(), await claim({ cid: 'two' })]
        expect(one).toMatchObject({ status: 'new', previousNode: undefined })
        expect(one.sid).not.toBe(two.sid)
        expect(one.sid.length).toBeGreaterThanOrEqual(16)
      })

      it('F40 are resumed with a higher generation, and fence off the owner before', async () => {
        const { backplane, publish, claim } = await setup()
        const before = await claim()
        const after = await claim({ sid: before.sid })
        expect(after).toMatchObject({ sid: before.sid, status: 'resumed', previousNode: 'node-0' })
        expect(after.generation).toBeGreaterThan(before.generation)
        const origin = { cid: 'cid', sid: before.sid, n: 1 }
        expect(await publish('a', { ...origin, generation: before.generation })).toEqual({ outcome: 'fenced' })
        const old = { ...origin, generation: before.generation }
        expect(await backplane.accept(old, DEDUPE_MS)).toEqual({ outcome: 'fenced' })
        expect(await publish('a', { ...origin, generation: after.generation })).toMatchObject({ outcome: 'ok' })
      })

      it('F40 own a client id one at a time: the owner before is fenced off, and what it sends settles nothing', async () => {
        const { backplane, publish, claim } = await setup(2)
        const before = await claim()
        const own = await claim({ cid: 'own' })
        await publish('a', { cid: 'cid', sid: before.sid, generation: before.generation, n: 1 })
        const after = await claim({ sid: own.sid })
        expect(after).toMatchObject({ sid: own.sid, status: 'resumed', highest: 1 })
        const old = { cid: 'cid', sid: before.sid, generation: before.generation, n: 2 }
        expect(await backplane.accept(old, DEDUPE_MS)).toEqual({ outcome: 'fenced' })
        expect(await publish('stale', old)).toEqual({ outcome: 'fenced' })
        const adopted = { cid: 'cid', sid: own.sid, generation: after.generation, n: 2 }
        expect(await publish('b', adopted)).toMatchObject({ outcome: 'ok', cursor: { offset: 2 } })
      })

      it('F40 get a client id back by another claim', async () => {
        const { backplane, claim } = await setup()
        const first = await claim()
        const second = await claim()
        const third = await claim({ sid: first.sid })
        const accept = ({ sid, generation }: typeof first) =>
          backplane.accept({ cid: 'cid', sid, generation, n: 1 }, DEDUPE_MS)
        expect(await accept(first)).toEqual({ outcome: 'fenced' })
        expect(await accept(second)).toEqual({ outcome: 'fenced' })
        expect(await accept(third)).toEqual({ outcome: 'ok' })
      })

      it('F39 are resumed on another node, and the node before is told', async () => {
        const { nodes, claim } = await setup(2)
        const before = await claim()
        const after = await claim({ sid: before.sid, node: 'node-1' }, nodes[1]!.backplane)
        expect(after).toMatchObject({ status: 'resumed', previousNode: 'node-0' })
        await eventually(() => expect(nodes[0]!.takenOver).toEqual([[before.sid, after.generation]]))
      })

      it('F41 have one owner when two claim at once', async () => {
        const { backplane, claim } = await setup()
        const { sid } = await claim()
        const owners = await Promise.all([claim({ sid }), claim({ sid })])
        expect(owners[0].generation).not.toBe(owners[1].generation)
        const outcomes = []
        for (const { generation } of owners.toSorted((a, b) => a.generation - b.generation)) {
          outcomes.push((await backplane.accept({ cid: 'cid', sid, generation, n: 1 }, DEDUPE_MS)).outcome)
        }
        expect(outcomes).toEqual(['fenced', 'ok'])
      })

      it('F87 of another user are lost, and stay with their owner', async () => {
        const { backplane, claim } = await setup()
        const own = await claim()
        const stolen = await claim({ sid: own.sid, userId: 'bob', cid: 'bobs' })
        expect(stolen).toMatchObject({ status: 'lost', previousNode: undefined })
        expect(stolen.sid).not.toBe(own.sid)
        const origin = { cid: 'cid', sid: own.sid, generation: own.generation, n: 1 }
        expect(await backplane.accept(origin, DEDUPE_MS)).toEqual({ outcome: 'ok' })
      })

      it('that nobody knows are lost', async () => {
        const { claim } = await setup()
        const claimed = await claim({ sid: 'made up' })
        expect(claimed.status).toBe('lost')
        expect(claimed.sid).not.toBe('made up')
      })

      it('end after their time, with writes of their owner fenced, unless they are touched', async () => {
        const { harness, backplane, claim } = await setup()
        const gone = await claim({ ttlMs: SHORT_MS })
        const kept = await claim({ ttlMs: SHORT_MS, cid: 'kept' })
        await backplane.touch(kept.sid, 60_000)
        await harness.pass(SHORT_MS * 2)
        const origin = { cid: 'cid', sid: gone.sid, generation: gone.generation, n: 1 }
        expect(await backplane.accept(origin, DEDUPE_MS)).toEqual({ outcome: 'fenced' })
        expect((await claim({ sid: gone.sid })).status).toBe('lost')
        expect((await claim({ sid: kept.sid, cid: 'kept' })).status).toBe('resumed')
      })
    })
  })
}
