import { fork } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../lib/bundle.mjs'
import { quantile, spreadOf } from '../lib/measure.mjs'

const PER_SECOND = 20_000
const CYCLE = 100_000
const LONGEST_MS = 280_000
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

export const title = 'A page under load'
export const about = `Chromium without a screen, a page with a chart of 300 points (uPlot) and a table of 1,000 rows, wired to one Pinia store; 20,000
messages of 300 B a second over a real socket from another process, a tenth of them points. Frame times as requestAnimationFrame tells them,
beside the same page without traffic, and with the same traffic parsed and not shown (floor). Median of three runs. \`landed\`: share of what the server had sent that was in the store at the end.

*A message a frame*: 20,000 WebSocket frames a second. *Joined*: 200, each with what the server has in 5 ms, a message a line. The aims are those of *joined*. With a message a frame
they cannot be met by what a page does with its messages: the floor, which shows nothing, misses them as well, as the browser itself hands 20,000 events a second from its network
process to the page.`

export const groups = ['Pinia']

export async function run(_group, { quick }) {
  const executablePath = chromium()
  if (!executablePath) throw new Error('No Chromium on PATH; STATEWIRE_CHROMIUM tells where it is.')
  const folder = await build()
  const [runs, durationMs] = quick ? [1, 1_000] : [3, 8_000]
  const feed = await startFeed(folder)
  const playwright = await import('playwright')
  const browser = await playwright.chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const found = []
    for (let i = 0; i < runs; i++) found.push(await turns(browser, { feed, durationMs }))
    return rowsOf(found)
  } finally {
    await browser.close()
    feed.end()
    rmSync(folder, { recursive: true })
  }
}

const SUBJECTS = {
  'floor: parsed, nothing shown, a message a frame': ['connectFloor', '/'],
  'statewire: chart and table, a message a frame': ['connectFeed', '/'],
  'floor: parsed, nothing shown, joined': ['connectFloor', '/joined'],
  'statewire: chart and table, joined': ['connectFeed', '/joined'],
}

/** The page without traffic, and with each: one after the other, each a page of its own. */
async function turns(browser, { feed, durationMs }) {
  const found = { still: await visit(browser, { feed, durationMs }) }
  for (const [subject, [connect, path]] of Object.entries(SUBJECTS)) {
    found[subject] = await visit(browser, { feed, durationMs, connect, path })
  }
  return found
}

async function visit(browser, { feed, durationMs, connect, path }) {
  const page = await browser.newPage({ viewport: { width: 1_000, height: 700 } })
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(feed.url)
  if (connect) await page.evaluate(([name, from]) => globalThis[name](from), [connect, path])
  await page.waitForTimeout(1_000)
  const { times, seq } = await page.evaluate((ms) => globalThis.measureFrames(ms), durationMs)
  const landed = connect ? landedOf(seq, feed.sent()) : 0
  await page.close()
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { times, landed }
}

/** The server's messages are numbered from 1 to a cycle's length, and again. */
function landedOf(seq, sent) {
  const behind = (((sent - seq) % CYCLE) + CYCLE) % CYCLE
  return 1 - behind / sent
}

function rowsOf(found) {
  const p99 = ({ times }) => quantile(times, 0.99)
  const row = (subject, column, unit, of) => {
    return { table: 'Frames of a page under load', subject, column, unit, ...spreadOf(found.map(of)) }
  }
  const share = (of) => (one) => (100 * of(one).times.length) / one.still.times.length
  const loaded = (subject) => {
    const of = (one) => one[subject]
    return [
      row(subject, 'p99 frame', 'ms', (one) => p99(of(one))),
      row(subject, 'frames', '% of those without', share(of)),
      row(subject, 'landed', '%', (one) => 100 * of(one).landed),
    ]
  }
  return [
    row('without traffic', 'p99 frame', 'ms', ({ still }) => p99(still)),
    row('without traffic', 'frames', 'frames', ({ still }) => still.times.length),
    ...Object.keys(SUBJECTS).flatMap(loaded),
  ]
}

async function build() {
  const folder = mkdtempSync(join(tmpdir(), 'statewire-bench-'))
  for (const { path, contents } of await bundle({ entryPoints: [at('../page/page.mjs')], outdir: folder })) {
    writeFileSync(path, contents)
  }
  copyFileSync(at('../page/index.html'), join(folder, 'index.html'))
  return folder
}

async function startFeed(folder) {
  const child = fork(at('../processes/feed.mjs'), [folder, String(PER_SECOND), String(LONGEST_MS)], { execArgv: [] })
  let sent = 0
  const port = await new Promise((resolve) => {
    child.on('message', (message) => {
      if (message.port) resolve(message.port)
      else sent = message.sent
    })
  })
  return {
    url: `http://127.0.0.1:${port}/`,
    sent: () => sent,
    end: () => child.kill('SIGKILL'),
  }
}

/** As the browser tests find it. */
function chromium() {
  const given = process.env['STATEWIRE_CHROMIUM']
  if (given) return given
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
  const paths = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
  return paths.find((path) => existsSync(path))
}

const isLoaded = (row) => row.subject.startsWith('statewire') && row.subject.endsWith('joined')
export const targets = [
  {
    aim: 'joined, p99 frame: at most 50 ms',
    of: (row) => isLoaded(row) && row.column === 'p99 frame',
    by: 'time',
    most: 50,
  },
  {
    aim: 'joined, frames: at least 90 % of those without traffic',
    of: (row) => isLoaded(row) && row.column === 'frames',
    by: 'time',
    least: 90,
  },
]
