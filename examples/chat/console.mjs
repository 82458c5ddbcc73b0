// The chat in a terminal: every line is a message. `node examples/chat/console.mjs --name Ann --room lobby`
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createClient } from '@statewire/core'
import { socketIo } from '@statewire/core/socketio'
import { io } from 'socket.io-client'

/** @import { ChatMessage } from './server/messages.js' */

/** How long a line waits for the server to take it. */
const PATIENCE_MS = 60_000

const {
  values: { url, name, room },
} = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8082' },
    name: { type: 'string', default: 'console' },
    room: { type: 'string', default: 'lobby' },
  },
})

const client = createClient({
  name,
  url,
  ...socketIo(io, { path: '/chat/socket.io', transports: ['websocket'] }),
  auth: { token: () => name, frame: () => ({ type: 'auth', data: { name, room } }) },
})

const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`)
/** Text of other people goes to a terminal: without the control characters that it would obey. */
const printable = (/** @type {string} */ text) => text.replace(/\p{Cc}/gu, ' ')

client.onMessage('message', (/** @type {ChatMessage} */ message) => {
  say(`[${message.room}] ${message.name}: ${printable(message.text)}`)
})
client.on('state', (state) => {
  if (state.status === 'open') say(`* ${client.name} is in ${room}`)
  if (state.status === 'waiting') say(`* connection lost (${state.reason}), trying again`)
  if (state.status === 'failed') end(`* refused: is there a room ${room}, and is ${name} a name?`)
})
void client.connect()

const lines = createInterface({ input: process.stdin })
/** @type {Set<Promise<void>>} */
const underway = new Set()
lines.on('line', (text) => {
  if (text.trim() === '') return
  const sent = deliver(text)
  underway.add(sent)
  void sent.then(() => underway.delete(sent))
})
lines.on('close', () => void Promise.all(underway).then(() => end()))
process.once('SIGINT', () => end())

/** @param {string} text */
async function deliver(text) {
  try {
    const answer = await client.request('message', { room, text }, { timeoutMs: PATIENCE_MS })
    if (answer.error) say(`* ${answer.error}`)
  } catch {
    // The server may have got it or not: only the user can say whether twice is better than never.
    say(`* not delivered: ${printable(text)}`)
  }
}

/** @param {string} [why] when it is not the user's own wish */
function end(why) {
  if (why !== undefined) {
    say(why)
    process.exitCode = 1
  }
  // Nothing is left that would keep Node alive.
  client.dispose()
  lines.close()
  process.stdin.destroy()
}
