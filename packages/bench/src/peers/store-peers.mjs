import { createRequire } from 'node:module'
import { socketPeers } from './sockets.mjs'

const require = createRequire(import.meta.url)

/**
 * Peers that write a store themselves, by the kind of store; what each needs in the store is in the scene that it asks for.
 *
 * @typedef {{ url: string, types: readonly string[], createStore: (options: object) => object, scene: object }} Request
 * @type {Record<'pinia' | 'vuex4' | 'vuex3' | 'dva', Record<string, { speaks: string, open: (request: Request) => Promise<object> }>>}
 */
export const storePeers = {
  pinia: {
    'vue-native-websocket-vue3': {
      speaks: 'plain',
      open: (request) => {
        const land = function ({ type, data }) {
          this[type] = data
        }
        return openNative(request, { actions: { ...nothingFor(events), SOCKET_ONMESSAGE: land } })
      },
    },
  },

  vuex4: {
    'vue-native-websocket-vue3': {
      speaks: 'plain',
      open: (request) => {
        const land = ({ feed }, { type, data }) => {
          feed[type] = data
        }
        return openNative(request, { rootMutations: { ...nothingFor(events), SOCKET_ONMESSAGE: land } })
      },
    },
  },

  // The newer `vue-native-websocket-vue3` is for Vue 3.
  vuex3: {
    'vue-socket.io-extended': { speaks: 'socket.io', open: openExtended },
  },

  dva: {
    'redux-websocket': { speaks: 'plain', open: openRedux },
    'an effect per message': { speaks: 'plain', open: openEffect },
    'react-use-websocket': { speaks: 'plain', open: openHook },
  },
}

async function openNative({ url, createStore, scene }, takers) {
  const plugin = loadNative()
  const { createApp } = await import('vue')
  const made = createStore({ ...scene, ...takers })
  const app = createApp({})
  app.use(plugin, url, { store: made.store, format: 'json' })
  await later()
  const { $socket } = app.config.globalProperties
  return { ...made, end: () => ($socket.close(), made.end()) }
}

/** It asks for the script it came in when loaded, and schedules reconnects with `window.setTimeout`. */
export function loadNative() {
  globalThis.window ??= globalThis
  const { document } = globalThis
  globalThis.document ??= { currentScript: { src: '' } }
  const { default: plugin } = require('vue-native-websocket-vue3')
  globalThis.document = document
  return plugin
}

const events = ['SOCKET_ONOPEN', 'SOCKET_ONCLOSE', 'SOCKET_ONERROR']
const nothingFor = (names) => Object.fromEntries(names.map((name) => [name, () => {}]))

async function openExtended({ url, types, createStore, scene }) {
  const { io } = require('socket.io-client/dist/socket.io.js')
  const extended = (await import('vue-socket.io-extended')).default
  const mutations = Object.fromEntries(
    types.map((type) => [`SOCKET_${type.toUpperCase()}`, (feed, data) => void (feed[type] = data)]),
  )
  const made = createStore({ ...scene, mutations })
  const socket = io(url.replace(/^ws/, 'http'), { transports: ['websocket'], forceNew: true })
  extended.install(made.Vue, socket, { store: made.store })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { ...made, end: () => (socket.disconnect(), made.end()) }
}

const MESSAGE = 'REDUX_WEBSOCKET::MESSAGE'
const taken = (feed, { payload }) => ({ ...feed, [payload.message.type]: payload.message.data })

async function openRedux({ url, createStore, scene }) {
  const { default: reduxWebsocket, connect, disconnect } = require('@giantmachines/redux-websocket')
  const made = createStore({
    ...scene,
    options: { onAction: [reduxWebsocket({ deserializer: JSON.parse })] },
    model: {
      reducers: [{}, (own) => (feed, action) => (action.type === MESSAGE ? taken(feed, action) : own(feed, action))],
    },
  })
  made.dispatch(connect(url))
  await later()
  return { ...made, end: () => (made.dispatch(disconnect()), made.end()) }
}

/** What the documentation of dva leads to: the subscription dispatches an effect, which selects and puts. */
async function openEffect({ url, createStore, scene }) {
  const made = createStore({
    ...scene,
    model: {
      reducers: { save: (feed, { payload }) => ({ ...feed, ...payload }) },
      effects: {
        *fetch({ payload: { type, data } }, { put, select }) {
          yield select(({ feed }) => feed[type])
          yield put({ type: 'save', payload: { [type]: data } })
        },
      },
    },
  })
  const socket = new WebSocket(url)
  socket.onmessage = ({ data }) => made.dispatch({ type: 'feed/fetch', payload: JSON.parse(data) })
  await later()
  return { ...made, end: () => (socket.close(), made.end()) }
}

/** The hook in a component of React DOM, on happy-dom; each message is dispatched. */
async function openHook({ url, createStore, scene }) {
  await provideDom()
  const { createElement } = await import('react')
  const { createRoot } = await import('react-dom/client')
  const { default: useWebSocket } = require('react-use-websocket')
  const made = createStore(scene)
  const onMessage = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    made.write(type, data)
  }
  const root = createRoot(document.createElement('div'))
  await new Promise((resolve) => {
    const Feed = () => {
      useWebSocket(url, { onMessage, onOpen: resolve, retryOnError: true, shouldReconnect: () => true })
      return null
    }
    root.render(createElement(Feed))
  })
  return { ...made, end: () => (root.unmount(), made.end()) }
}

async function provideDom() {
  if (globalThis.document) return
  const { Window } = await import('happy-dom')
  const window = new Window()
  globalThis.window = window
  globalThis.document = window.document
}

function later() {
  return new Promise((resolve) => setTimeout(resolve, 10))
}

/** Peers without a store, with one: each message is written as it comes. */
export function writing(createStore, scene) {
  return Object.fromEntries(
    Object.entries(socketPeers).map(([name, { speaks, open }]) => [
      name,
      {
        speaks,
        async open({ url, types }) {
          const made = createStore(scene)
          let landed = 0
          const land = (type, data) => {
            made.write(type, data)
            landed += 1
          }
          const socket = await open({ url, types, land })
          return { ...made, landed: () => landed, end: () => (socket.end(), made.end()) }
        },
      },
    ]),
  )
}
