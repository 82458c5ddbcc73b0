import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { openNamedGuest, startChat } from './support/chat.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../console.mjs', import.meta.url))

// The script runs as a user runs it, on the built package.
beforeAll(async () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const [code] = await once(spawn(process.execPath, [tsc, '-b', 'packages/core'], { cwd: ROOT }), 'close')
  expect(code).toBe(0)
})

/** Starts the script against a server and collects what it prints. */
async function setup({ args = [] }: { args?: readonly string[] } = {}) {
  const chat = await startChat()
  const url = `http://127.0.0.1:${chat.port}`
  const child = spawn(process.execPath, [SCRIPT, '--url', url, '--name', 'Terminal', ...args])
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed = { out: '', error: '' }
  child.stdout.on('data', (chunk) => (printed.out += chunk))
  child.stderr.on('data', (chunk) => (printed.error += chunk))
  const ended = once(child, 'close').then(([code]) => code as number)
  const type = (line: string) => child.stdin.write(`${line}\n`)
  return { chat, child, printed, ended, type }
}

describe('S11 the chat in a terminal', () => {
  it('S11 says what is typed and prints what is said, until its input ends', async () => {
    const { chat, child, printed, ended, type } = await setup()
    await eventually(() => printed.out).toBe('* Terminal is in lobby\n')
    const ann = await openNamedGuest(chat, 'Ann')
    type('hello from the terminal')
    await eventually(() => ann.messages()).toMatchObject([{ name: 'Terminal', text: 'hello from the terminal' }])
    await ann.ask('message', { room: 'lobby', text: 'hello\u001b[2J Terminal' })
    await eventually(() => printed.out).toContain('[lobby] Ann: hello [2J Terminal\n')

    type('one more')
    child.stdin.end('and the last')
    expect(await ended).toBe(0)
    await eventually(() => ann.messages().map((message) => (message as { text: string }).text)).toEqual([
      ...['hello from the terminal', 'hello\u001b[2J Terminal', 'one more', 'and the last'],
    ])
    expect(printed.error).toBe('')
  })

  it('S11 reconnects by itself, and delivers what was typed meanwhile', async () => {
    const { chat, child, printed, ended, type } = await setup({ args: ['--room', 'music'] })
    await eventually(() => printed.out).toBe('* Terminal is in music\n')
    await chat.kill()
    await eventually(() => printed.out).toContain('* connection lost (closed), trying again\n')
    type('still here')

    const restarted = await startChat({ port: chat.port })
    const ann = await openNamedGuest(restarted, 'Ann', 'music')
    await eventually(() => printed.out, { timeout: 20_000 }).toContain('[music] Terminal: still here\n')
    const { messages } = (await ann.ask('join', { room: 'music' })) as { messages: unknown[] }
    expect(messages).toMatchObject([{ name: 'Terminal', text: 'still here' }])

    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })

  it('S11 says why it ends when the server refuses it', async () => {
    const { printed, ended } = await setup({ args: ['--room', 'cellar'] })
    expect(await ended).toBe(1)
    expect(printed.out).toContain('* refused: is there a room cellar, and is Terminal a name?\n')
  })
})
