import { fork } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../lib/bundle.mjs'
import { quantile, spreadOf } from '../lib/measure.mjs'

const PER_SECOND = 20_000
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

export const title = 'A page under load'
export const about = `Chromium without a screen, a page with a chart of 300 points (uPlot) and a table of 1,000 rows, wired to one Pinia store; 20,000
messages of 300 B a second over a real socket from another process, a tenth of them points. Frame times as requestAnimationFrame tells them,
beside the same page without traffic. Median of the runs. \`landed\`: share of what the server had sent that was in the store at the end.`

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
    for (let i = 0; i < runs; i++) found.push(await pair(browser, { feed, durationMs }))
    return rowsOf(found)
  } finally {
    await browser.close()
    feed.end()
    rmSync(folder, { recursive: true })
  }
}

/** The page without traffic and, right after it, with. */
async function pair(browser, { feed, durationMs }) {
  const page = await browser.newPage({ viewport: { width: 1_000, height: 700 } })
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(feed.url)
  await page.waitForTimeout(500)
  const still = await page.evaluate((ms) => globalThis.measureFrames(ms), durationMs)
  await page.evaluate(() => globalThis.connectFeed())
  await page.waitForTimeout(1_000)
  const loaded = await page.evaluate((ms) => globalThis.measureFrames(ms), durationMs)
  const landed = loaded.seq / feed.sent()
  await page.close()
  feed.restart()
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { still: still.times, loaded: loaded.times, landed }
}

function rowsOf(found) {
  const table = 'Frames of a page under load'
  const p99 = (times) => quantile(times, 0.99)
  const framesOf = ({ still, loaded }) => (100 * loaded.length) / still.length
  const row = (subject, column, unit, values) => ({ table, subject, column, unit, ...spreadOf(values) })
  return [
    row(
      'without traffic',
      'p99 frame',
      'ms',
      found.map(({ still }) => p99(still)),
    ),
    row(
      'without traffic',
      'frames',
      '',
      found.map(({ still }) => still.length),
    ),
    row(
      '20,000 messages a second',
      'p99 frame',
      'ms',
      found.map(({ loaded }) => p99(loaded)),
    ),
    row('20,000 messages a second', 'frames', '% of those without', found.map(framesOf)),
    row(
      '20,000 messages a second',
      'landed',
      '%',
      found.map(({ landed }) => 100 * landed),
    ),
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
  const child = fork(at('../processes/feed.mjs'), [folder, String(PER_SECOND), '120000'], { execArgv: [] })
  let sent = 0
  const port = await new Promise((resolve) => {
    child.on('message', (message) => {
      if (message.port) resolve(message.port)
      else sent = message.sent
    })
  })
  let before = 0
  return {
    url: `http://127.0.0.1:${port}/`,
    /** Messages ever sent: the page sees them numbered. */
    sent: () => before + sent,
    /** The next connection counts from zero again, the numbers go on. */
    restart() {
      before += sent
      sent = 0
    },
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

const isLoaded = (row) => row.subject.startsWith('20,000')
export const targets = [
  { aim: 'p99 frame: at most 50 ms', of: (row) => isLoaded(row) && row.column === 'p99 frame', by: 'time', most: 50 },
  {
    aim: 'frames: at least 90 % of those without traffic',
    of: (row) => isLoaded(row) && row.column === 'frames',
    by: 'time',
    least: 90,
  },
]
