import { append } from '@statewire/core'
import { piniaStatewire } from '@statewire/pinia'
import { createPinia, defineStore, setActivePinia } from 'pinia'
import { createApp, markRaw, nextTick } from 'vue'
import { fullState, keys, POINTS, toPoint } from '../feed.mjs'
import { openLink } from '../link.mjs'

/** Each subject takes the frames of one paint as text and leaves them in a store. */
export const subjects = {
  /** The least it can cost: raw copies, all of them in one patch, written by hand for these very messages. */
  async floor(subscribed) {
    const { store, end } = createStore({}, subscribed)
    return {
      end,
      land(frames) {
        const arrived = new Map()
        for (const text of frames) {
          const { type, data } = JSON.parse(text)
          const points = arrived.get(type)
          if (points) points.push(toPoint(data))
          else arrived.set(type, [toPoint(data)])
        }
        store.$patch((state) => {
          for (const [key, points] of arrived) {
            const next = state[key].slice(Math.max(0, state[key].length + points.length - POINTS))
            next.push(...points.slice(-POINTS))
            state[key] = markRaw(next)
          }
        })
      },
    }
  },

  /** Through a client, its codec and a wired store. */
  async statewire(subscribed) {
    const { client, receive, paint } = await openLink()
    const wire = Object.fromEntries(keys.map((key) => [key, append(key, { limit: POINTS, map: toPoint })]))
    const { store, end } = createStore({ client, wire }, subscribed)
    return {
      owns: [client, store],
      land(frames) {
        for (const text of frames) receive(text)
        paint()
      },
      end() {
        client.dispose()
        end()
      },
    }
  },

  /** What people write: `onmessage` pushes into reactive state and drops the oldest. */
  async today(subscribed) {
    const { store, end } = createStore({}, subscribed)
    return {
      end,
      land(frames) {
        for (const text of frames) {
          const { type, data } = JSON.parse(text)
          const series = store[type]
          series.push(toPoint(data))
          if (series.length > POINTS) series.shift()
        }
      },
    }
  },
}

/** A step of `measure`: one paint, and all that subscribers do about it. */
export function stepOf(subject, frames) {
  return (index) => {
    subject.land(frames[index % frames.length])
    return nextTick()
  }
}

function createStore({ client, wire = {} }, subscribed) {
  const pinia = createPinia()
  if (client) pinia.use(piniaStatewire(client))
  const app = createApp({})
  app.use(pinia)
  setActivePinia(pinia)
  // What persistence, tab sync and logging plugins do: it makes Vue walk through the whole state at every change.
  let changes = 0
  const store = defineStore('monitor', { state: fullState, wire })()
  if (subscribed) store.$subscribe(() => changes++, { detached: true })
  return { store, end: () => store.$dispose() }
}
