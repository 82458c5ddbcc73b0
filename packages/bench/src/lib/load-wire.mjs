/**
 * What a client of each kind says on the wire: the least of it, so that thousands fit into a process.
 *
 * `split` takes a frame of several messages apart. `greet` answers a frame until the client is open, which it tells by returning true. `send` writes a message that is
 * acknowledged, `settled` reads from a frame which of them are: all up to a number, or one. `said` reads what a server says to all.
 *
 * @typedef {{ path: string, greet: (text: string, say: (text: string) => void, token?: string) => boolean, split?: (frame: string) => string[], subscribe?: string,
 *   answer?: (text: string) => string | undefined, send: (n: number) => string, settled: (text: string) => number | undefined,
 *   said: (text: string) => number | undefined }} LoadWire
 * @type {Record<string, LoadWire>}
 */
export const loadWires = {
  statewire: {
    path: '/',
    greet(text, say) {
      const { type } = JSON.parse(text)
      if (type === 'sw.welcome') return true
      const sw = { v: 1, cid: crypto.randomUUID(), tx: 1, join: 65_536 }
      if (type === 'sw.announce' || type === 'auth ok') say(JSON.stringify({ type: 'sw.hello', sw }))
      return false
    },
    split: (frame) => frame.split('\n'),
    subscribe: '{"type":"sw.sub","sw":{"subs":[{"id":1,"c":"topic"}]}}',
    send: (n) => `{"type":"msg","data":"hello","sw":{"n":${n}}}`,
    settled: (text) => numberBehind(text, '{"type":"sw.ack","sw":{"rx":'),
    said: (text) => numberBehind(text, '{"type":"said","data":{"at":'),
  },

  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    greet(text, say) {
      if (text.startsWith('0{')) say('40')
      return text.startsWith('40{')
    },
    answer: (text) => (text === '2' ? '3' : undefined),
    send: (n) => `42${n}["msg","hello"]`,
    settled: (text) => numberBehind(text, '43'),
    said: (text) => numberBehind(text, '42["said",{"at":'),
  },
}

function numberBehind(text, head) {
  return text.startsWith(head) ? Number.parseInt(text.slice(head.length), 10) : undefined
}
