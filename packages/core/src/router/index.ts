export {
  connectAfterLogin,
  type ConnectAfterLoginOptions,
  type ConnectGuard,
  type GuardedClient,
  type UserId,
} from './connect-after-login.ts'
