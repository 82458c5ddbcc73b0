import { faults } from './index.mjs'

// One fault and one peer, in a process of its own: what a peer lets escape is told in its cell, and ends nothing.
const [fault, name] = process.argv.slice(2)
const { run, mostMs } = faults[fault]
const escaped = { 'uncaught error': new Map(), 'unhandled rejection': new Map() }

process.on('uncaughtException', (error) => note('uncaught error', error))
process.on('unhandledRejection', (reason) => note('unhandled rejection', reason))
process.on('disconnect', () => process.exit(1))

// Peers write what they think of a fault to the console.
for (const method of ['log', 'warn', 'error', 'debug']) console[method] = () => {}

run(name, mostMs).then(end, (error) => end(`failed: ${error.message}`))

function end(text) {
  process.send([text, ...notes()].join('; '), () => process.exit(0))
}

function note(kind, error) {
  const message = String(error?.message ?? error).slice(0, 60)
  escaped[kind].set(message, (escaped[kind].get(message) ?? 0) + 1)
}

function notes() {
  return Object.entries(escaped).flatMap(([kind, messages]) =>
    [...messages].map(([message, times]) => `${times} ${kind}${times > 1 ? 's' : ''} (${message})`),
  )
}
