import { setTimeout as sleep } from 'node:timers/promises'
import { closeRaw, sayRaw, seconds, setOpenStage, setStage, until } from './stage.mjs'

/**
 * Faults of the link and of the server. Each `run` gets a peer's name and the longest it may take.
 *
 * @typedef {{ title: string, about: string, mostMs: number, waits?: boolean, run: (name: string, mostMs: number) => Promise<string> }} Fault
 *   `waits`: it does nothing for most of its time.
 * @type {Record<string, Fault>}
 */
export const linkFaults = {
  P1: {
    title: 'Half-open link',
    about:
      'The link swallows everything in both directions, TCP stays up. When the client noticed; when its next connection came.',
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
    title: 'Upgrade never answered',
    about: 'TCP accepts, and nothing comes. Connections made: one means that it waits for ever.',
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
    title: 'Dropped after the handshake',
    about:
      'Accepted, handshake of the library done, dropped 20 ms later. Connections made; those that reset their patience with each success make many.',
    mostMs: 12_000,
    async run(name, mostMs) {
      const stage = await setStage(name, { ready: (socket) => setTimeout(() => socket.destroy(), 20) })
      await stage.open()
      await sleep(mostMs)
      return `${stage.upgrades} in ${mostMs / 1_000} s`
    },
  },

  P4: {
    title: 'Dropped before the handshake',
    about: 'Accepted as a WebSocket, dropped after 20 ms without a word. Connections made.',
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
    title: 'Closed with 1000',
    about: 'The server closes with code 1000 after 150 ms. Connections made.',
    mostMs: 15_000,
    async run(name, mostMs) {
      const stage = await setStage(name, { ready: (socket) => setTimeout(() => closeRaw(socket, 1_000), 150) })
      await stage.open()
      await sleep(mostMs)
      return `${stage.upgrades} in ${mostMs / 1_000} s`
    },
  },

  P6a: {
    title: 'Provider fails once',
    about: 'The function that gives the token (the URL, where there are no tokens) rejects the first time.',
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
    title: 'Provider never answers',
    about: 'The same function never settles the first time, and answers at once when asked again.',
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
    title: 'Listener throws',
    about:
      'The first of two listeners throws at each message; four messages in 6 s. How often it was called, what the other one got, and what became of the link. (graphql-ws has a subscription for each.)',
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
      return `called ${calls} of 4 times, the other got ${listOf(stage.got)}; ${linkSince(stage, upgrades)}`
    },
  },

  P8: badFrames(
    { title: 'Malformed JSON', about: 'One frame that is no JSON, then a good message.' },
    {
      'socket.io-client': ['42["msg",'],
      others: ['{"a":'],
    },
  ),

  P8b: badFrames(
    { title: '`null`, `[]`', about: 'Two frames of JSON that are no message, then a good one.' },
    { others: ['null', '[]'] },
  ),
}

function badFrames(words, texts) {
  return {
    ...words,
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
