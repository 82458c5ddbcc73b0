import { speech } from '../peers/speech.mjs'
import { Arrival, TYPES } from './frames.mjs'
import { openClient } from './open-client.mjs'
import { StubSocket } from './stub-socket.mjs'

const URL = 'ws://127.0.0.1:1'

/**
 * A subject takes the messages of one paint and leaves them in a store, where they are read once.
 *
 * @typedef {{ name: string, per: number, step: (index: number) => unknown, end: () => void, get: (key: string) => unknown,
 *   paints?: () => number }} Subject
 * @typedef {{ batches: string[][] }} Feed messages as text, by paint
 */

/** The floor: `JSON.parse`, `switch` on the type, assignment to a plain object. */
export function floor({ batches }) {
  const state = { quote: null, trade: null, depth: null, alert: null }
  let seen = 0
  return subject('floor', batches, {
    get: (key) => state[key],
    step(texts) {
      for (let i = 0; i < texts.length; i++) {
        const { type, data } = JSON.parse(texts[i])
        switch (type) {
          case 'quote':
            state.quote = data
            break
          case 'trade':
            state.trade = data
            break
          case 'depth':
            state.depth = data
            break
          case 'alert':
            state.alert = data
            break
        }
      }
      seen +=
        (state.quote?.price ?? 0) + (state.trade?.price ?? 0) + (state.depth?.price ?? 0) + (state.alert?.price ?? 0)
      return undefined
    },
    end: () => seen,
  })
}

/**
 * A client on a socket without a network, and a store wired to it.
 *
 * @param {Feed & { name: string, wire: object, createStore: (options: object) => object, scene: object, client?: object }} options
 */
export async function statewire({ name, batches, wire, createStore, scene, client: options }) {
  StubSocket.speech = speech.plain
  const link = await openClient(options)
  const made = createStore({ ...scene, wired: { client: link.client, wire } })
  const paints = []
  return subject(name, batches.map(arrivals), {
    ...made,
    paints: () => Math.max(...paints.slice(-20)),
    step(frames) {
      for (let i = 0; i < frames.length; i++) link.deliver(frames[i])
      paints.push(link.paint())
      if (paints.length > 1_000) paints.length = 0
      return made.settle()
    },
    end() {
      link.end()
      made.end()
    },
  })
}

/** A peer, on a socket without a network, which writes each message as it comes. */
export async function peer({ name, batches, createStore, scene, peer: { speaks, open } }) {
  globalThis.WebSocket = StubSocket
  StubSocket.speech = speech[speaks]
  const made = await open({ url: URL, types: TYPES, createStore, scene })
  const socket = StubSocket.last
  return subject(
    name,
    batches.map((texts) => arrivals(texts.map((text) => inFrame(text, speaks)))),
    {
      ...made,
      step(frames) {
        const before = made.landed?.()
        for (let i = 0; i < frames.length; i++) socket.deliver(frames[i])
        // Some hand messages on in promises.
        if (before !== undefined && made.landed() < before + frames.length)
          return caughtUp(made, before + frames.length)
        return made.settle()
      },
    },
  )
}

async function caughtUp(made, count) {
  while (made.landed() < count) await Promise.resolve()
  await made.settle()
}

/** Fails unless the store holds the last message of each type of the first batch. */
export async function check(subject, { batches, read, what = (value) => value }) {
  await subject.step(0)
  await new Promise((resolve) => setTimeout(resolve, 5))
  const last = new Map(batches[0].map((text) => [JSON.parse(text).type, JSON.parse(text).data]))
  for (const [type, data] of last) {
    const found = read(what(subject.get(type)))
    if (found !== data.price) throw new Error(`${subject.name}: ${type} holds ${found} instead of ${data.price}`)
  }
}

function inFrame(text, speaks) {
  if (speaks === 'plain') return text
  const { type, data } = JSON.parse(text)
  return speech[speaks].frame(type, data)
}

const arrivals = (texts) => texts.map((data) => new Arrival('message', { data }))

function subject(name, batches, { step, ...rest }) {
  return { ...rest, name, per: batches[0].length, step: (index) => step(batches[index % batches.length]) }
}
