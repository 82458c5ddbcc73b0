// First: dva-core needs it as a global as soon as a model has effects.
import 'regenerator-runtime/runtime.js'
import { createStreamModel } from '@statewire/dva'
import { create } from 'dva-core'

/**
 * Makes a dva application with one model; with a client and a wire, a stream model.
 *
 * @param {{ state: () => object, read: (value: unknown) => number, wired?: { client: object, wire: object }, model?: object,
 *   options?: object }} options `model`: more of the model; `options`: of the application
 */
export function createStore({ state, read, wired, model = {}, options = {} }) {
  const app = create(options)
  const own = { namespace: 'feed', state: state() }
  app.model(
    wired
      ? createStreamModel(wired.client, { ...own, wire: wired.wire })
      : { ...own, reducers: { save: (feed, { payload }) => ({ ...feed, ...payload }) }, ...model },
  )
  app.start()
  const { dispatch, getState, subscribe } = app._store
  const seen = { value: 0 }
  let last = getState().feed
  // What `connect` does at every action: it looks whether the state is another one.
  const end = subscribe(() => {
    const { feed } = getState()
    if (feed === last) return
    for (const key of Object.keys(last)) if (feed[key] !== last[key]) seen.value += read(feed[key])
    last = feed
  })
  return {
    app,
    seen,
    dispatch,
    /** As `connect` does it: every reader is told of every action, and looks at its part of the state. */
    watch(key, take) {
      let last = getState().feed[key]
      return subscribe(() => {
        const value = getState().feed[key]
        if (value === last) return
        last = value
        take(value)
      })
    },
    get: (key) => getState().feed[key],
    write: (key, data) => dispatch({ type: 'feed/save', payload: { [key]: data } }),
    // Redux tells its subscribers at once.
    settle: () => undefined,
    end() {
      end()
      app.unmodel('feed')
    },
  }
}

export const pathOf = (key) => key
