import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { eventually } from './support/eventually.ts'

const START = fileURLToPath(new URL('../../server/start.mjs', import.meta.url))
const LIMIT_MS = 15_000

/** Runs the start script and collects what it prints. */
function setup({ args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> }) {
  const child = spawn(process.execPath, [START, ...args], { env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed = { out: '', error: '' }
  child.stdout.on('data', (chunk) => (printed.out += chunk))
  child.stderr.on('data', (chunk) => (printed.error += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as { code: number; signal: string })
  return { child, printed, ended }
}

async function takePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Module hooks of Node: no package of this repository can be loaded, as in a clone where nothing is built. */
const NOTHING_BUILT = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(\`
    export function resolve(specifier, context, next) {
      if (specifier.startsWith('@statewire/')) throw new Error(specifier + ' is not built')
      return next(specifier, context)
    }\`))
`)}`

describe('npm run demo', () => {
  it('begins in a clone where nothing is built', async () => {
    const { printed, ended } = setup({ args: ['--help'], env: { NODE_OPTIONS: `--import ${NOTHING_BUILT}` } })
    expect([await ended, printed.error]).toEqual([{ code: 0, signal: null }, ''])
    expect(printed.out).toContain('--port')
  })

  it('names the page it was started for', async () => {
    const { printed } = setup({ args: ['--port', '0', '--page', '/vuex/'] })
    await eventually(() => printed.out, { timeout: LIMIT_MS }).toMatch(
      /^Statewire demo: http:\/\/localhost:\d+\/vuex\/\n$/,
    )
    const html = await (await fetch(printed.out.slice('Statewire demo: '.length).trim())).text()
    expect(html).toContain('<div id="app">')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('says where it is, serves the page there, and ends at %s', async (signal) => {
    const { child, printed, ended } = setup({ args: ['--port', '0'] })
    await eventually(() => printed.out, { timeout: LIMIT_MS }).toMatch(/^Statewire demo: http:\/\/localhost:\d+\n$/)
    const url = printed.out.slice('Statewire demo: '.length).trim()
    const html = await (await fetch(url)).text()
    expect(html).toContain('href="/dashboard/"')

    // A client that is still there, and one that will not say goodbye.
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
    await once(socket, 'open')
    socket.pause()
    const asked = Date.now()
    child.kill(signal)
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(Date.now() - asked).toBeLessThan(2_000)
    expect(printed.error).toBe('')
    socket.terminate()
  })

  it('names the port that is taken and the way out', async () => {
    const port = await takePort()
    const { printed, ended } = setup({ env: { PORT: String(port) } })
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(printed.error).toBe(
      `Port ${port} is taken. Free it, or choose another: npm run demo -- --port ${port + 1}\n`,
    )
    expect(printed.out).toBe('')
  })

  it.each([
    [['--port', 'http'], '--port must be a whole number from 0 to 65535, received "http".\n'],
    [['--interval', '0'], '--interval must be a whole number from 1 to 60000, received "0".\n'],
  ])('refuses %j', async (args, message) => {
    const { printed, ended } = setup({ args })
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(printed.error).toBe(message)
  })
})
