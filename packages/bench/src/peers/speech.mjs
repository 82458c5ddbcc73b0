/**
 * What a server says to peers that have a protocol of their own: enough to open, subscribe and deliver.
 * `frame` puts a message into the peer's envelope.
 *
 * @type {Record<string, { greeting?: string, answer: (text: string) => string[], frame: (type: string, data: unknown) => string }>}
 */
export const speech = {
  plain: {
    answer: () => [],
    frame: (type, data) => JSON.stringify({ type, data }),
  },

  'socket.io': {
    greeting: '0{"sid":"a","upgrades":[],"pingInterval":250000,"pingTimeout":200000,"maxPayload":1000000}',
    answer: (text) => (text.startsWith('40') ? ['40{"sid":"b"}'] : []),
    frame: (type, data) => `42${JSON.stringify([type, data])}`,
  },

  centrifuge: {
    answer: (text) =>
      text.split('\n').flatMap((line) => {
        const { id, connect, subscribe } = JSON.parse(line)
        if (connect) return [JSON.stringify({ id, connect: { client: 'c', version: '6.0.0', ping: 250, pong: true } })]
        return subscribe ? [JSON.stringify({ id, subscribe: {} })] : []
      }),
    frame: (type, data) => JSON.stringify({ push: { channel: type, pub: { data } } }),
  },

  // The bench names a subscription's type in its query, and the client's id for it is that type.
  'graphql-ws': {
    answer: (text) => (JSON.parse(text).type === 'connection_init' ? ['{"type":"connection_ack"}'] : []),
    frame: (type, data) => JSON.stringify({ id: type, type: 'next', payload: { data } }),
  },
}
