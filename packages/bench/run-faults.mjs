import { fork } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { faults } from './src/faults/index.mjs'
import { peers } from './src/faults/peers.mjs'
import { markdown } from './src/lib/report.mjs'

/** At once, of the cells that do something; those that only wait are all begun at the start. */
const AT_ONCE = 6
const START_MS = 60_000
const LONGEST_RUN_MS = 8 * 60_000

const { only, peer, folder } = argumentsOf(process.argv.slice(2))
setTimeout(() => process.exit(1), LONGEST_RUN_MS).unref()

const cells = Object.entries(faults)
  .filter(([fault]) => only === '' || only.split(',').includes(fault))
  .flatMap(([fault, { waits = false }]) =>
    Object.keys(peers)
      .filter((name) => name.includes(peer))
      .map((name) => ({ fault, name, waits, text: '' })),
  )
const load = os.loadavg()[0]
await Promise.all([
  inTurn(
    cells.filter(({ waits }) => waits),
    Infinity,
  ),
  inTurn(
    cells.filter(({ waits }) => !waits),
    AT_ONCE,
  ),
])
report()

async function inTurn(waiting, atOnce) {
  const left = [...waiting]
  const work = async () => {
    for (let cell = left.shift(); cell; cell = left.shift()) cell.text = await runCell(cell)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, work))
}

function runCell({ fault, name }) {
  const file = fileURLToPath(new URL('src/faults/run-cell.mjs', import.meta.url))
  // What nothing catches is told in the cell, and nothing else.
  const child = fork(file, [fault, name], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), faults[fault].mostMs + START_MS)
  return new Promise((resolve) => {
    let text = 'did not end'
    child.on('message', (message) => (text = message))
    child.on('exit', () => {
      clearTimeout(timer)
      resolve(text)
    })
  })
}

function report() {
  const names = Object.keys(peers).filter((name) => name.includes(peer))
  const rows = Object.entries(faults).flatMap(([fault, { title }]) => {
    const own = cells.filter((cell) => cell.fault === fault)
    return own.length === 0 ? [] : [[`${fault}: ${title}`, ...names.map((name) => textOf(own, name))]]
  })
  const about = { date: new Date().toISOString(), node: process.version, load, versions: versionsOf() }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'faults.json'), `${JSON.stringify({ ...about, cells }, null, 2)}\n`)
  const used = Object.entries(about.versions).map(([name, version]) => `${name} ${version}`)
  console.log(
    `Measured on ${about.date.slice(0, 10)}, Node ${about.node}, load average before ${load.toFixed(1)}; ${used.join(', ')}.\n`,
  )
  console.log(markdown([['Fault', ...names], ...rows]))
  console.log(
    `\n${Object.entries(faults)
      .map(([fault, { title, about }]) => `- **${fault}: ${title}.** ${about}`)
      .join('\n')}`,
  )
}

function textOf(own, name) {
  return own.find((cell) => cell.name === name).text.replaceAll('|', '\\|')
}

function versionsOf() {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
  const used = [
    'socket.io',
    'socket.io-client',
    'centrifuge',
    'graphql-ws',
    'partysocket',
    'reconnecting-websocket',
    'ws',
  ]
  return Object.fromEntries(used.map((name) => [name, devDependencies[name]]))
}

function argumentsOf(given) {
  const valueOf = (option) => (given.includes(option) ? given[given.indexOf(option) + 1] : undefined)
  return {
    only: valueOf('--only') ?? '',
    peer: valueOf('--peer') ?? '',
    folder: valueOf('--to') ?? fileURLToPath(new URL('results/', import.meta.url)),
  }
}
