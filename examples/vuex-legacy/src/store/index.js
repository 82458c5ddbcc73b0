import { append } from '@statewire/core'
import { commit, vuexStatewire } from '@statewire/vuex'
import Vue from 'vue'
import Vuex from 'vuex'
import { client } from '../utils/websocket.js'
import { CREATE_WEBSOCKET, SET_MESSAGE } from './action-types.js'
import { monitor } from './modules/monitor.js'
import { user } from './modules/user.js'

Vue.use(Vuex)

/** How many samples the series keeps: 150 seconds at two a second. */
export const SERIES_LENGTH = 300

const toPoint = ([time, percent]) => ({ time: Date.parse(time), percent })

export const store = new Vuex.Store({
  strict: true,
  state: {
    /** Whether the connection was asked for. The socket itself is no state: `state.connection` tells how it is. */
    ws: false,
    message: null,
  },
  mutations: {
    [CREATE_WEBSOCKET](state, ws) {
      state.ws = ws
    },
    [SET_MESSAGE](state, message) {
      state.message = message
    },
  },
  actions: {
    async [CREATE_WEBSOCKET]({ commit, dispatch }) {
      commit(CREATE_WEBSOCKET, true)
      await dispatch('connection/connect')
    },
    /** Ends the session: the live series goes with the user. */
    async signOut({ commit, dispatch }, notice) {
      client.signOut()
      commit(CREATE_WEBSOCKET, false)
      commit(SET_MESSAGE, null)
      await dispatch('user/logout', notice)
    },
  },
  modules: { user, monitor },
  plugins: [
    vuexStatewire(client, {
      wire: {
        monitorCPU: append('monitor/cpu', { limit: SERIES_LENGTH, each: true, map: toPoint }),
        '*': commit(SET_MESSAGE),
      },
    }),
  ],
})
