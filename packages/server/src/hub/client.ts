import type { Connection } from './connection.ts'
import { privateTopic, type HubCore } from './core.ts'
import { encodeMessage } from './encode.ts'
import type { ServerClient, User } from './types.ts'

/** Makes what the application sees of a connection. */
export function clientOf<U extends User>(connection: Connection<U>, core: HubCore<U>): ServerClient<U> {
  return {
    get id() {
      return connection.id
    },
    get user() {
      return connection.user
    },
    get session() {
      return connection.session !== undefined
    },
    async send(type, data) {
      const payload = encodeMessage(type, data)
      const { session } = connection
      if (!session) return connection.send(payload)
      const { backplane, retentionOf } = core.options
      const topic = privateTopic(session.sid)
      await backplane.publish({ topic, payload, retention: retentionOf(topic) })
    },
    close: (code = 1000, reason = '') => connection.close(code, reason),
  }
}
