import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ATTACKS } from '../lib/attacks.mjs'
import { startAttack, startLoadClients, startLoadServer } from '../lib/load.mjs'
import { quantile } from '../lib/measure.mjs'

const GOOD = 50
const PER_SECOND = 10
const BEFORE_MS = 5_000
const DURING_MS = 10_000
const RECOVER_MS = 3_000
const MOST_PUBLISHED = { by: 'publish', perSecond: 25, bytes: 65_536 }
const CONTROL = 'statewire, nobody attacks'
const TABLE = 'Under attack'
const MEBIBYTE = 1_048_576

export const title = TABLE
export const about = `One node with default limits, in a process of its own; ${GOOD} clients that mean well and send ${PER_SECOND} acknowledged
messages a second; and hostile clients for ${DURING_MS / 1_000} s, in a third process on another loopback address, each back as soon as it is
thrown out. All processes share ${os.cpus().length} cores: whoever attacks takes a whole one from the rest, so compare with others of this
table. *Memory*: of the server's process, before (when nothing can be collected), at its peak, and ${RECOVER_MS / 1_000} s afterwards (when nothing
can be). *Processor*: of the server, in parts of a core; the links that the attackers opened, and how many of these had ended. *Held up*: the longest that its event loop did not turn, also when the machine was at
something else. *p99*: from a good client's send to its acknowledgement. *Lost*: not acknowledged.`

export const groups = [CONTROL, ...ATTACKS]
export const quickGroups = [CONTROL, 'no JSON']

export async function run(group, { quick }) {
  const [good, beforeMs, duringMs] = quick ? [2, 300, 300] : [GOOD, BEFORE_MS, DURING_MS]
  const server = await startLoadServer('statewire', { auth: true })
  const clients = await startLoadClients('statewire', { port: server.port, index: 0, tokens: true })
  await clients.ask({ open: good })
  const chat = (forMs) => clients.ask({ chat: { perSecond: PER_SECOND, forMs } })
  // The first one is for the optimiser.
  await chat(beforeMs / 2)
  const before = await chat(beforeMs)
  const memory = await server.ask({ memory: true })
  const attack = group === CONTROL ? undefined : startAttack(group, server.port)
  await attack?.said()
  const from = await server.ask({ usage: true })
  if (group.startsWith('never reads')) server.tell({ say: { ...MOST_PUBLISHED, forMs: duringMs } })
  const startedAt = performance.now()
  const during = await chat(duringMs)
  const used = await server.ask({ usage: true })
  const share = (used.cpuMs - from.cpuMs) / (performance.now() - startedAt)
  attack?.end()
  await sleep(quick ? 100 : RECOVER_MS)
  const after = await chat(beforeMs)
  const left = await server.ask({ memory: true })
  for (const one of [server, clients]) one.end()
  const row = (column, unit, value, notes) => figure({ subject: group, column, unit, value, notes })
  const links = used.metrics.connectionsTotal - from.metrics.connectionsTotal
  const ended = links - (used.metrics.connections - from.metrics.connections)
  return [
    row('memory before', 'MiB', memory.rss / MEBIBYTE),
    row('peak', 'MiB', used.peak / MEBIBYTE),
    row('after', 'MiB', left.rss / MEBIBYTE),
    row('heap after', 'MiB more', (left.heapUsed - memory.heapUsed) / MEBIBYTE),
    row('processor', '%', share * 100, { links, ended }),
    row('held up', 'ms', Math.max(0, used.heldUpMs)),
    row('p99 before', 'ms', p99(before)),
    row('p99 during', 'ms', p99(during), { lost: during.lost }),
    row('p99 after', 'ms', p99(after), { open: after.open }),
  ]
}

function p99({ acknowledged }) {
  return quantile(acknowledged, 0.99) / 1_000
}

function figure({ subject, column, unit, value, notes }) {
  return { table: TABLE, subject, column, unit, median: value, min: value, max: value, ...(notes ? { notes } : {}) }
}
