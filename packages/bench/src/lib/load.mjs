import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LONGEST_MS = 280_000

/** The same for all processes of a machine. */
export const microseconds = () => Number(process.hrtime.bigint() / 1_000n)

/** How many files, sockets among them, a process may have open. */
export function fileLimit() {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return Number(soft ?? 1_024)
}

/** A server of one kind in a process of its own. */
export async function startLoadServer(kind, options = {}) {
  const process = start('load-server', [kind, JSON.stringify(options)])
  const { port } = await process.said()
  return { ...process, port }
}

/**
 * Clients in a process of their own. Each process has its own loopback address: the ports of one are not enough for many.
 *
 * @param {number} index Which of them.
 */
export async function startLoadClients(kind, { port, index, tokens = false }) {
  return start('load-clients', [kind, String(port), `127.0.0.${2 + index}`, String(tokens)])
}

export function startAttack(name, port) {
  return start('attack', [name, String(port)])
}

function start(name, given) {
  const file = fileURLToPath(new URL(`../processes/${name}.mjs`, import.meta.url))
  const child = fork(file, [...given, String(LONGEST_MS)], { execArgv: ['--expose-gc'] })
  const waiting = new Map()
  const first = new Promise((resolve) => waiting.set(undefined, resolve))
  let lastId = 0
  child.on('message', ({ id, ...message }) => {
    waiting.get(id)?.(message)
    waiting.delete(id)
  })
  return {
    said: () => first,
    /** Resolves with the answer. */
    ask(order) {
      const id = ++lastId
      const answer = new Promise((resolve, reject) => {
        waiting.set(id, resolve)
        child.once('exit', () => reject(new Error(`${name} ended early`)))
      })
      child.send({ id, ...order })
      return answer
    },
    tell: (order) => child.send(order),
    end: () => child.kill('SIGKILL'),
  }
}
