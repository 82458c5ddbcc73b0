// Installs this application in a folder of its own, builds it with umi and drives it in Chromium: `node examples/umi-monitor/run.mjs [folder]`.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright'
import { createDemo } from '../server/src/demo.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = join(HERE, '../..')
const INSTALL_MS = 600_000

const run = promisify(execFile)
const say = (/** @type {string} */ line) => console.log(line)

// A folder that is given is kept, so that a second run need not install again.
const given = process.argv[2]
const folder = given ?? (await mkdtemp(join(tmpdir(), 'statewire-umi-')))
try {
  await build()
  await drive()
  say('umi 4: all is well.')
} finally {
  if (!given) await rm(folder, { recursive: true, force: true })
}

async function build() {
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', '.umirc.ts', 'src']) {
    await cp(join(HERE, name), join(folder, name), { recursive: true })
  }
  await run('npx', ['tsc', '-b', 'packages/dva', 'packages/dva/tsconfig.es2019.json'], { cwd: ROOT })
  const tarballs = []
  for (const name of ['core', 'dva']) {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
    const { stdout } = await run('npm', args, { cwd: join(ROOT, 'packages', name) })
    tarballs.push(join(folder, JSON.parse(stdout)[0].filename))
  }
  say(`Installing umi in ${folder} (about two minutes, 900 MB) …`)
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', ...quiet, ...tarballs], { cwd: folder, timeout: INSTALL_MS, maxBuffer: 2 ** 26 })
  say('Building …')
  const env = { ...process.env, NODE_ENV: 'production', DID_YOU_KNOW: 'none' }
  await run('npx', ['umi', 'build'], { cwd: folder, env, timeout: INSTALL_MS, maxBuffer: 2 ** 26 })
}

async function drive() {
  const options = { intervalMs: 10, pages: [{ path: '/umi/', folder: join(folder, 'dist') }] }
  const demo = await createDemo({ ...options, port: 0 })
  const executablePath = process.env['STATEWIRE_CHROMIUM'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  let restarted
  try {
    const page = await browser.newPage()
    const status = page.getByRole('status')
    await page.goto(`${demo.url}/umi/`)
    await page.getByLabel('User name').fill('demo')
    if (demo.sockets !== 0) throw new Error('A socket was opened before the login.')
    await page.getByLabel('Password').fill('demo')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await status.filter({ hasText: 'open' }).waitFor()
    await page.getByText('300 of 300 points').waitFor()
    say('Live after the login, 300 points.')

    await demo.kill()
    await status.filter({ hasText: 'reconnecting' }).waitFor()
    restarted = await createDemo({ ...options, port: demo.port })
    await status.filter({ hasText: 'open' }).waitFor()
    say('Healed after a restart of the server.')

    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    for (let turn = 0; turn < 100 && restarted.sockets > 0; turn++) await page.waitForTimeout(50)
    if (restarted.sockets > 0) throw new Error('The socket is still open after the logout.')
    say('Disconnected by the logout.')
  } finally {
    await browser.close()
    await demo.close().catch(() => {})
    await restarted?.close()
  }
}
