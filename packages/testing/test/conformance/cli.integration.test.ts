import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { ConformanceReport } from '@statewire/testing/node'
import { runCli } from '../../src/conformance/cli.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Serve = (socket: WebSocket, text: string) => void

/** A plain server, as small as they come; `serve` is called for each text frame. */
async function setup(serve: Serve = decent()) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) serve(socket, data.toString())
    })
  })
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const run = (...args: string[]) => runCli([url, '--quiet', '50', '--timeout', '1000', ...args])
  const check = async (...args: string[]) => {
    const { code, out } = await run('--json', '--token', 'secret', ...args)
    const { results } = JSON.parse(out) as ConformanceReport
    return { code, failed: results.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id) }
  }
  return { url, run, check }
}

/** What a plain server does, with one thing done differently. */
function decent({ accept = 'auth ok', refuse = (socket: WebSocket) => socket.close(4401) } = {}): Serve {
  return (socket, text) => {
    const message = parsed(text)
    if (message?.['type'] === 'heartCheck') return socket.send(text)
    if (message?.['type'] !== 'auth') return
    if (message['data'] === 'secret') socket.send(accept)
    else refuse(socket)
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

describe('statewire-conformance', () => {
  it('passes a decent plain server and prints each check', async () => {
    const { run, url } = await setup()
    const { code, out } = await run('--token', 'secret')
    expect(code).toBe(0)
    expect(out).toContain(`${url}, level plain`)
    expect(out).toMatch(/^ok {4}plain\/accept: MUST answer a valid token/m)
    expect(out).toMatch(/^skip {2}plain\/heartbeat: MUST .*\n {6}the server announces no heartbeat/m)
    expect(out).toMatch(/\n10 passed, 0 failed, 1 skipped: the server conforms\.\n$/)
  })

  it.each(['auth ok', ' auth ok\n', '"auth ok"', '{"type":"auth ok"}', '{"type":"auth","data":"auth ok"}'])(
    'takes %j for an acceptance',
    async (accept) => {
      const { check } = await setup(decent({ accept }))
      expect(await check('--heartbeat')).toEqual({ code: 0, failed: [] })
    },
  )

  it.each<readonly [string, Serve, readonly string[]]>([
    [
      'refuses by a word of its own',
      decent({ refuse: (socket) => socket.send('{"type":"denied"}') }),
      ['plain/refuse'],
    ],
    ['accepts everybody', (socket) => socket.send('auth ok'), ['plain/no-token', 'plain/refuse']],
    [
      'announces to strangers',
      (socket, text) => {
        decent()(socket, text)
        if (text.includes('unknown')) socket.send('{"type":"sw.ack","sw":{"rx":1}}')
      },
      ['plain/no-session'],
    ],
    [
      'is strict about keys',
      (socket, text) => {
        if (text.includes('"conformance":{')) socket.close(4400)
        else decent()(socket, text)
      },
      ['plain/unknown-keys'],
    ],
    [
      'closes on unknown types',
      (socket, text) => {
        if (text.includes('conformance.unknown')) socket.close(4400)
        else decent()(socket, text)
      },
      ['plain/unknown-keys', 'plain/unknown-type'],
    ],
  ])('fails a server that %s', async (_what, serve, ids) => {
    const { check } = await setup(serve)
    expect(await check()).toEqual({ code: 1, failed: ids })
  })

  it('fails a server that does not survive malformed JSON, and only warns of one that closes the link', async () => {
    let dead = false
    const fragile = await setup((socket, text) => {
      dead ||= text === '{"a":'
      if (dead) socket.terminate()
      else decent()(socket, text)
    })
    const { code, failed } = await fragile.check('--only', 'malformed')
    expect([code, failed]).toEqual([1, ['plain/malformed', 'plain/malformed-kept']])

    const strict = await setup((socket, text) => {
      if (text === '{"a":') socket.close(4400)
      else decent()(socket, text)
    })
    const warned = await strict.run('--token', 'secret', '--only', 'malformed')
    expect(warned.code).toBe(0)
    expect(warned.out).toMatch(/^warn {2}plain\/malformed-kept: SHOULD/m)
  })

  it('fails a plain server at level sw, each check in its time', async () => {
    const { run } = await setup()
    const { code, out } = await run('--token', 'secret', '--level', 'sw', '--only', 'sw/', '--timeout', '100', '--json')
    const { results } = JSON.parse(out) as ConformanceReport
    expect(code).toBe(1)
    expect(results.filter(({ outcome }) => outcome === 'passed')).toEqual([])
    expect(results.filter(({ ms }) => ms > 600)).toEqual([])
  })

  it.each([
    [[], /exactly one address/],
    [['ws://a', 'ws://b'], /exactly one address/],
    [['http://a'], /begins with ws/],
    [['ws://a', '--level', 'full'], /--level must be plain or sw/],
    [['ws://a', '--timeout', 'soon'], /--timeout must be a positive number/],
    [['ws://a', '--nonsense'], /--nonsense/],
  ])('explains itself after %j', async (args, text) => {
    const { code, out } = await runCli(args)
    expect([code, out]).toEqual([2, expect.stringMatching(text)])
    expect(out).toContain('Usage: statewire-conformance')
  })

  it('explains itself when asked', async () => {
    expect(await runCli(['--help'])).toEqual({ code: 0, out: expect.stringMatching(/^Usage: /) })
  })

  it('exits with 1 when nobody is there', async () => {
    const { code, out } = await runCli(['ws://127.0.0.1:1', '--timeout', '500'])
    expect([code, out]).toEqual([1, expect.stringMatching(/cannot connect to ws:\/\/127\.0\.0\.1:1/)])
  })
})
