import Vue from 'vue'
import VueRouter from 'vue-router'
import { store } from '../store/index.js'
import LoginPage from '../views/LoginPage.vue'
import MonitorPage from '../views/MonitorPage.vue'
import { checkPermission, createWebsocket } from './guard.js'

Vue.use(VueRouter)

export const router = new VueRouter({
  mode: 'history',
  base: import.meta.env.BASE_URL,
  routes: [
    { path: '/', component: MonitorPage },
    { path: '/login', component: LoginPage },
    { path: '*', redirect: '/' },
  ],
})

router.beforeEach(checkPermission)
router.beforeEach(createWebsocket)

// Leads back to the login page when the server no longer accepts the token (`noAuth`).
store.watch(
  ({ connection }) => connection.status === 'failed' && connection.reason === 'auth',
  async (isRefused) => {
    if (!isRefused) return
    await store.dispatch('signOut', 'Your session is no longer valid. Please sign in again.')
    await router.push('/login')
  },
)
