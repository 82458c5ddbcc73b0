import { connectAfterLogin } from '@statewire/core/router'
import { createRouter, createWebHistory } from 'vue-router'
import { client } from './live/client.ts'
import { useUser } from './stores/user.ts'
import DashboardPage from './views/DashboardPage.vue'
import LoginPage from './views/LoginPage.vue'

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: '/', component: DashboardPage },
    { path: '/login', component: LoginPage },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to) => {
  const home = useUser().name === null ? '/login' : '/'
  return to.path === home || home
})
router.beforeEach(connectAfterLogin(client, { user: () => useUser().name }))

/** Leads back to the login page when the server no longer accepts the token. */
client.on('state', (state) => {
  if (state.status !== 'failed' || state.reason !== 'auth') return
  useUser().logout('Your session is no longer valid. Please sign in again.')
  void router.push('/login')
})
