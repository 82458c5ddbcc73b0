import { connectAfterLogin } from '@statewire/dva/umi'
import { client } from '../client'

/** Connects at the first navigation after a login, and signs out at the first one without a user. */
export default {
  namespace: 'session',
  state: {},
  subscriptions: {
    live: connectAfterLogin(client, { user: () => sessionStorage.getItem('user') }),
  },
}
