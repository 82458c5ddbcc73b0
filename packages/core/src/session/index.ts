export { session, type SessionOptions } from './session.ts'
export type { Channel, ChannelEvents, ChannelStatus, Resync } from './channel.ts'
export type { ClientSession, OpenSession } from './port.ts'
