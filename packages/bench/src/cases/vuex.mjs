import { createRequire } from 'node:module'
import { append } from '@statewire/core'
import { vuexStatewire } from '@statewire/vuex'
import * as vue3 from 'vue'
import * as vuex4 from 'vuex'
import { fullState, keys, loads, POINTS, toPoint } from '../feed.mjs'
import { openLink } from '../link.mjs'

// Vue 2.7 and Vuex 3 live under their real names in the legacy example only.
const legacy = createRequire(new URL('../../../../examples/vuex-legacy/package.json', import.meta.url))
const vue2 = legacy('vue')
const vuex3 = legacy('vuex')
vue2.use(vuex3)

export const onVuex3 = casesOf({ Store: vuex3.Store, nextTick: vue2.nextTick, markRaw: markRawIn2 })
export const onVuex4 = casesOf({ Store: vuex4.Store, nextTick: vue3.nextTick, markRaw: vue3.markRaw })

/** Each subject takes the frames of one paint as text and leaves them in a store; in strict mode when told so. */
function casesOf({ Store, nextTick, markRaw }) {
  const createStore = (strict, { mutations = {}, plugins = [] }) =>
    new Store({ strict, modules: { monitor: { namespaced: true, state: fullState, mutations } }, plugins })

  const subjects = {
    /** The least it can cost: raw copies, all of them in one mutation, written by hand for these very messages. */
    async floor(strict) {
      const store = createStore(strict, {
        mutations: {
          SET(state, arrived) {
            for (const [key, points] of arrived) {
              const next = state[key].slice(Math.max(0, state[key].length + points.length - POINTS))
              next.push(...points.slice(-POINTS))
              state[key] = markRaw(next)
            }
          },
        },
      })
      const land = (frames) => {
        const arrived = new Map()
        for (const text of frames) {
          const { type, data } = JSON.parse(text)
          const points = arrived.get(type)
          if (points) points.push(toPoint(data))
          else arrived.set(type, [toPoint(data)])
        }
        store.commit('monitor/SET', arrived)
      }
      land(loads.all.frames[0])
      return { land, end() {} }
    },

    /** Through a client, its codec and a wired store. */
    async statewire(strict) {
      const link = await openLink()
      const rule = (key) => append(`monitor/${key}`, { limit: POINTS, map: toPoint })
      const wire = Object.fromEntries(keys.map((key) => [key, rule(key)]))
      createStore(strict, { plugins: [vuexStatewire(link.client, { wire })] })
      const land = (frames) => {
        for (const text of frames) link.receive(text)
        link.paint()
      }
      // A live series is made by rules from its first point on; this one was put there.
      land(loads.all.frames[0])
      return { land, end: () => link.client.dispose() }
    },

    /** What people write: `onmessage` commits, and the mutation pushes into reactive state and drops the oldest. */
    async today(strict) {
      const store = createStore(strict, {
        mutations: {
          PUSH(state, { type, data }) {
            state[type].push(toPoint(data))
            if (state[type].length > POINTS) state[type].shift()
          },
        },
      })
      return {
        end() {},
        land(frames) {
          for (const text of frames) store.commit('monitor/PUSH', JSON.parse(text))
        },
      }
    },
  }

  /** A step of `measure`: one paint, and all that watchers do about it. */
  const stepOf = (subject, frames) => (index) => {
    subject.land(frames[index % frames.length])
    return nextTick()
  }
  return { subjects, stepOf }
}

/** Vue 2.7 has `markRaw` too, but puts its mark where copies and JSON see it. */
function markRawIn2(value) {
  return Object.defineProperty(value, '__v_skip', { value: true, configurable: true })
}
