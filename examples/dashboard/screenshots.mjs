// Saves pictures of the page, light and dark, wide and narrow, in screenshots/: `node examples/dashboard/screenshots.mjs`.
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { build } from '../server/src/build.js'
import { createDemo } from '../server/src/demo.js'

const FOLDER = fileURLToPath(new URL('../../screenshots', import.meta.url))
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
]

await build({ say: console.log, all: true })
const browser = await chromium.launch({
  executablePath: process.env['STATEWIRE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ARGS,
})
try {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const viewport of SIZES) await takeAll({ colorScheme, viewport })
  }
} finally {
  await browser.close()
}

/** @param {{ colorScheme: 'light' | 'dark', viewport: { width: number, height: number } }} look */
async function takeAll({ colorScheme, viewport }) {
  const demo = await createDemo({ port: 0, intervalMs: 20, machine: createActor() })
  const context = await browser.newContext({ colorScheme, viewport, deviceScaleFactor: 2 })
  const page = await context.newPage()
  const take = async (/** @type {string} */ state) => {
    await page.waitForTimeout(600)
    const path = `${FOLDER}/${state}-${colorScheme}-${viewport.width}.png`
    await page.screenshot({ path, fullPage: true })
    console.log(path)
  }

  await page.goto(demo.url)
  await page.fill('[name=user]', 'demo')
  await page.fill('[name=password]', 'wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'Wrong' }).waitFor()
  await take('login')

  await page.fill('[name=password]', 'demo')
  await page.keyboard.press('Enter')
  await page.getByText('300 of 300 samples').waitFor()
  await take('live')

  await demo.kill()
  await page.getByText(/reconnecting in/).waitFor()
  await take('disconnected')
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  await take('gave-up')

  await context.close()
}

/** A machine that plays two and a half eventful minutes in six seconds. */
function createActor() {
  let step = 0
  const start = Date.now() - 150_000
  const noise = (/** @type {number} */ seed) => Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1
  const load = (/** @type {number} */ seed) => {
    const burst = step % 97 > 70 ? 38 : step % 61 > 52 ? 22 : 0
    return Math.min(100, 14 + burst + 9 * Math.sin(step / 19 + seed) + 14 * noise(step + seed * 31))
  }
  return {
    sample() {
      step++
      const cores = [0, 1, 2, 3, 4, 5, 6, 7].map((core) => Math.round(load(core) * 10) / 10)
      const cpu = Math.round((cores.reduce((sum, value) => sum + value, 0) / cores.length) * 10) / 10
      return {
        time: new Date(start + step * 500).toISOString(),
        cpu,
        cores,
        memory: { used: totalmem() * 0.42, total: totalmem() },
      }
    },
  }
}
