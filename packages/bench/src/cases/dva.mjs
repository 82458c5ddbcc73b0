// First: dva-core needs it as a global as soon as a model has effects.
import 'regenerator-runtime/runtime.js'
import { append } from '@statewire/core'
import { createStreamModel } from '@statewire/dva'
import { create } from 'dva-core'
import { fullState, keys, POINTS, toPoint } from '../feed.mjs'
import { openLink } from '../link.mjs'

/** Each subject takes the frames of one paint as text and leaves them in a store. */
export const subjects = {
  /** The least it can cost: one action and copies, written by hand for these very messages. */
  async floor() {
    const { dispatch, end } = start({
      namespace: 'monitor',
      state: fullState(),
      reducers: {
        land(state, { payload: arrived }) {
          const next = { ...state }
          for (const [key, points] of arrived) {
            next[key] = state[key].slice(Math.max(0, state[key].length + points.length - POINTS))
            next[key].push(...points.slice(-POINTS))
          }
          return next
        },
      },
    })
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
        dispatch({ type: 'monitor/land', payload: arrived })
      },
    }
  },

  /** Through a client, its codec and a stream model. */
  async statewire() {
    const { client, receive, paint } = await openLink()
    const wire = Object.fromEntries(keys.map((key) => [key, append(key, { limit: POINTS, map: toPoint })]))
    const { end } = start(createStreamModel(client, { namespace: 'monitor', state: fullState(), wire }))
    return {
      land(frames) {
        for (const text of frames) receive(text)
        paint()
      },
      end() {
        end()
        client.dispose()
      },
    }
  },

  /** What people write: an effect for each message, which selects, appends and saves. */
  async today() {
    const { dispatch, end } = start({
      namespace: 'monitor',
      state: fullState(),
      reducers: { save: (state, { payload }) => ({ ...state, ...payload }) },
      effects: {
        *fetch({ payload: { type, data } }, { put, select }) {
          const series = yield select((state) => state.monitor[type])
          yield put({ type: 'save', payload: { [type]: [...series, toPoint(data)].slice(-POINTS) } })
        },
      },
    })
    return {
      end,
      land(frames) {
        for (const text of frames) dispatch({ type: 'monitor/fetch', payload: JSON.parse(text) })
      },
    }
  },
}

/** A step of `measure`: one paint. Redux tells its subscribers at once. */
export function stepOf(subject, frames) {
  return (index) => subject.land(frames[index % frames.length])
}

function start(model) {
  const app = create()
  app.model(model)
  app.start()
  // What `connect` does at every action, for one component.
  let seen
  app._store.subscribe(() => (seen = app._store.getState().monitor))
  return { dispatch: app._store.dispatch, end: () => (app.unmodel('monitor'), seen) }
}
