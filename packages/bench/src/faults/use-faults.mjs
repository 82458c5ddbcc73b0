import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { heapInUse } from '../lib/measure.mjs'
import { listOf } from './link-faults.mjs'
import { setOpenStage, setStage, seconds, until } from './stage.mjs'

const MESSAGES = 200_000
const PAYLOAD = 'x'.repeat(100)
const NOT_ACKNOWLEDGED = 'n/a (no acknowledgement)'

/**
 * Faults of use and of delivery.
 *
 * @type {Record<string, import('./link-faults.mjs').Fault>}
 */
export const useFaults = {
  P10a: {
    title: 'Acknowledgement lost',
    about:
      'Five acknowledged sends, 200 ms apart; the link ends when the server has handled the second and before the client knows. What the handler saw: twice is a duplicate. socket.io with `retries: 5`, which is off by default; centrifuge `rpc`; graphql-ws mutations.',
    mostMs: 40_000,
    async run(name) {
      const { stage, peer } = await setOpenStage(name, {}, { retries: true })
      if (!peer.ask) return NOT_ACKNOWLEDGED
      let rejected = 0
      const asking = [1, 2, 3, 4, 5].map((data, index) => async () => {
        // One by one, so that the second is alone on its way.
        await sleep(index * 200)
        if (data === 2) stage.proxy.blackhole('down')
        peer.ask(data).catch(() => void rejected++)
        if (data === 2) await until(() => stage.heard.includes(2), 2_000)
        if (data === 2) stage.proxy.cut()
      })
      await Promise.all(asking.map((ask) => ask()))
      await until(() => stage.heard.includes(5), 20_000)
      await sleep(2_000)
      return `${listOf(stage.heard)}${rejected ? `; ${rejected} rejected` : ''}`
    },
  },

  P10b: {
    title: 'Sent into a half-open link',
    about:
      'Sends 1 to 3, then 4 to 8 into a half-open link, 9 and 10 when it was replaced. What the server saw. Sent the usual way: `send`, `emit`, `publish`, a mutation.',
    mostMs: 140_000,
    waits: true,
    async run(name) {
      const { stage, peer } = await setOpenStage(name)
      const { openings } = stage
      let rejected = 0
      const send = (data) => void Promise.resolve(peer.send(data)).catch(() => void rejected++)
      for (const data of [1, 2, 3]) send(data)
      await sleep(500)
      stage.proxy.blackhole()
      for (const data of [4, 5, 6, 7, 8]) send(data)
      const back = await until(() => stage.openings > openings, 120_000)
      if (back === undefined) return `${listOf(stage.heard)}; not noticed in 120 s`
      for (const data of [9, 10]) send(data)
      await sleep(3_000)
      return `${listOf(stage.heard)}${rejected ? `; ${rejected} rejected` : ''}; back after ${seconds(back)}`
    },
  },

  P10c: {
    title: 'Published into a half-open link',
    about:
      'Published to a client: 1, then 2 and 3 into a half-open link, 4 when it was replaced. What the client saw. The socket.io server has `connectionStateRecovery` on, which is off by default; the centrifuge server recovers.',
    mostMs: 140_000,
    waits: true,
    async run(name) {
      const { stage } = await setOpenStage(name)
      const { openings } = stage
      stage.publish(1)
      await sleep(500)
      stage.proxy.blackhole()
      stage.publish(2)
      stage.publish(3)
      const back = await until(() => stage.openings > openings, 120_000)
      if (back === undefined) return `${listOf(stage.got)}; not noticed in 120 s`
      await sleep(1_000)
      stage.publish(4)
      await sleep(2_000)
      return `${listOf(stage.got)}; back after ${seconds(back)}`
    },
  },

  P10d: {
    title: 'Forty acknowledged sends',
    about: 'All at once, round trip 50 ms. Time to the last acknowledgement. As in P10a.',
    mostMs: 15_000,
    async run(name) {
      const { stage, peer } = await setOpenStage(name, {}, { retries: true })
      if (!peer.ask) return NOT_ACKNOWLEDGED
      stage.proxy.latency(25)
      const from = performance.now()
      await Promise.all(Array.from({ length: 40 }, (_, data) => peer.ask(data)))
      return `${Math.round(performance.now() - from)} ms`
    },
  },

  P11: {
    title: 'Connect, disconnect',
    about: 'Five times disconnected and connected in one tick. Open links 4 s later; one is right.',
    mostMs: 15_000,
    async run(name) {
      const { stage, peer } = await setOpenStage(name)
      for (let i = 0; i < 5; i++) peer.again()
      await sleep(4_000)
      return String(stage.links.size)
    },
  },

  P12: {
    title: '200,000 sends, no server',
    about:
      'Of 100 B each. What the heap holds at once, and after 15 s; how many sends were refused, which their senders are told.',
    mostMs: 60_000,
    async run(name) {
      const stage = await setStage(name)
      await stage.proxy.refuse()
      const peer = await stage.open()
      const before = await heapInUse()
      let refused = 0
      for (let i = 0; i < MESSAGES; i++) {
        Promise.resolve(peer.send(`${i} ${PAYLOAD}`)).catch(() => void refused++)
      }
      await turn()
      const told = (heap) => `${((heap - before) / 1_048_576).toFixed(1)} MB, ${refused.toLocaleString('en')} refused`
      // In this very turn: some hold everything for seconds only.
      globalThis.gc()
      const first = told(process.memoryUsage().heapUsed)
      await sleep(15_000)
      return `${first}; 15 s later ${told(await heapInUse())}`
    },
  },
}
