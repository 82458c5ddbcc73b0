import { setTimeout as sleep } from 'node:timers/promises'
import { closeRaw, sayRaw, seconds, setOpenStage, setStage, until } from './stage.mjs'

/**
 * Faults of the link and of the server. Each `run` gets a peer's name and the longest it may take.
 *
 * @typedef {{ title: string, mostMs: number, waits?: boolean, run: (name: string, mostMs: number) => Promise<string> }} Fault
 *   `waits`: it does nothing for most of its time.
 * @type {Record<string, Fault>}
 */
export const linkFaults = {
  P1: {
    title: 'Half-open: the link swallows everything. Noticed after, and the next connection after',
    mostMs: 120_000,
    waits: true,
    async run(name, mostMs) {
      const { stage } = await setOpenStage(name)
      const { losses, proxy } = stage
      const before = proxy.accepted
      proxy.blackhole()
      const from = performance.now()
      if ((await until(() => stage.losses > losses, mostMs)) === undefined) return `not noticed in ${mostMs / 1_000} s`
      const noticed = performance.now() - from
      await until(() => proxy.accepted > before, mostMs - noticed)
      return `${seconds(noticed)}, ${seconds(performance.now() - from)}`
    },
  },

  P2: {
    title: 'TCP accepts, the upgrade is never answered. Connections',
    mostMs: 120_000,
    waits: true,
    async run(name, mostMs) {
      const stage = await setStage(name)
      stage.proxy.hangUpgrade()
      await stage.open()
      await sleep(mostMs)
      return `${stage.proxy.accepted} in ${mostMs / 1_000} s`
    },
  },

  P3: {
    title: 'Accepted, handshake done, dropped 20 ms later. Connections',
    mostMs: 12_000,
    async run(name, mostMs) {
      const stage = await setStage(name, { ready: (socket) => setTimeout(() => socket.destroy(), 20) })
      await stage.open()
      await sleep(mostMs)
      return `${stage.upgrades} in ${mostMs / 1_000} s`
    },
  },

  P4: {
    title: 'Accepted, dropped after 20 ms and before any handshake. Connections',
    mostMs: 20_000,
    async run(name, mostMs) {
      const linked = (socket) => setTimeout(() => socket.destroy(), 20)
      const stage = await setStage(name, { speaks: 'silent', linked })
      await stage.open()
      await sleep(mostMs)
      return `${stage.upgrades} in ${mostMs / 1_000} s`
    },
  },

  P5: {
    title: 'The server closes with 1000 after 150 ms. Connections',
    mostMs: 15_000,
    async run(name, mostMs) {
      const stage = await setStage(name, { ready: (socket) => setTimeout(() => closeRaw(socket, 1_000), 150) })
      await stage.open()
      await sleep(mostMs)
      return `${stage.upgrades} in ${mostMs / 1_000} s`
    },
  },

  P6a: {
    title: 'The provider of the token, or of the URL, fails once',
    mostMs: 45_000,
    waits: true,
    async run(name, mostMs) {
      let asked = 0
      const provide = async () => {
        if (++asked === 1) throw new Error('no token at the moment')
        return 'token'
      }
      const stage = await setStage(name)
      const from = performance.now()
      await stage.open({ provide })
      if ((await until(() => stage.openings > 0, mostMs)) === undefined) return `not open in ${mostMs / 1_000} s`
      return `open after ${seconds(performance.now() - from)}`
    },
  },

  P6b: {
    title: 'The provider never answers, the first time',
    mostMs: 60_000,
    waits: true,
    async run(name, mostMs) {
      let asked = 0
      const provide = () => (++asked === 1 ? new Promise(() => {}) : Promise.resolve('token'))
      const stage = await setStage(name)
      await stage.open({ provide })
      const took = await until(() => stage.openings > 0, mostMs)
      return took === undefined ? `not open in ${mostMs / 1_000} s` : `open after ${seconds(took)}`
    },
  },

  P7: {
    title: 'The first of two listeners throws at each message; four messages in 6 s',
    mostMs: 15_000,
    async run(name) {
      let calls = 0
      const first = () => {
        calls++
        throw new Error('a listener failed')
      }
      const { stage } = await setOpenStage(name, {}, { first })
      const { upgrades } = stage
      for (const [data, pauseMs] of Object.entries([100, 3_000, 100, 3_000])) {
        stage.publish(Number(data) + 1)
        await sleep(pauseMs)
      }
      return `it was called ${calls} times, the next listener got ${listOf(stage.got)}; ${linkSince(stage, upgrades)}`
    },
  },

  P8: badFrames('One frame of malformed JSON, then a good one', {
    'socket.io-client': ['42["msg",'],
    others: ['{"a":'],
  }),

  P8b: badFrames('Frames `null` and `[]`, then a good one', { others: ['null', '[]'] }),
}

function badFrames(title, texts) {
  return {
    title,
    mostMs: 20_000,
    async run(name) {
      if (name.includes('socket') && !name.includes('.io')) return 'n/a (hands out raw frames)'
      const { stage } = await setOpenStage(name)
      const { upgrades } = stage
      // Recovery, where there is one, needs a place to go on from.
      stage.publish('before')
      await until(() => stage.got.includes('before'), 2_000)
      for (const text of texts[name] ?? texts.others) {
        for (const socket of stage.links) sayRaw(socket, text)
        await sleep(100)
      }
      const good = () => stage.got.includes('good')
      stage.publish('good')
      if (await until(good, 2_000)) return `next one delivered; ${linkSince(stage, upgrades)}`
      // What comes after that one, on whichever link there is.
      await sleep(6_000)
      stage.publish('later')
      const later = await until(() => stage.got.includes('later'), 2_000)
      const next = good() ? 'next one delivered late' : 'next one lost'
      return `${next}, ${later ? 'later ones delivered' : 'later ones lost'}; ${linkSince(stage, upgrades)}`
    },
  }
}

export const listOf = (values) => `[${values.join(', ')}]`

function linkSince({ upgrades, links }, before) {
  if (upgrades > before) return links.size > 0 ? 'reconnected' : 'link dropped'
  return links.size > 0 ? 'link kept' : 'gave up'
}
