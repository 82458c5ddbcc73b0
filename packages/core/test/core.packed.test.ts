import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describePacked, read } from '../../testing/test/packed.ts'

const usage = `
import { createClient, defineProtocol, StatewireError } from '@statewire/core'
import { connectAfterLogin } from '@statewire/core/router'

const protocol = defineProtocol<{ receive: { tick: number }; send: { say: string } }>()
const client = createClient({ url: 'wss://example.org', protocol })
client.onMessage('tick', (data) => data.toFixed(1))
client.send('say', 'hello').catch((error: unknown) => StatewireError.is(error, 'CLOSED'))
// @ts-expect-error an unknown type
client.onMessage('tock', () => {})
connectAfterLogin(client, { user: () => null })
`

const subpaths = ['development', 'router', 'eventsource', 'socketio']

describePacked(
  {
    folder: 'core',
    entries: ['@statewire/core', ...['protocol', ...subpaths].map((subpath) => `@statewire/core/${subpath}`)],
    usage,
  },
  (consumer) => {
    it.each(subpaths)('has /%s for bundlers that do not read exports, as exports have it', async (subpath) => {
      const { exports } = await manifest(consumer.path('package.json'))
      const { main, types } = await manifest(consumer.path(subpath, 'package.json'))
      const modern = exports?.[`./${subpath}`]
      expect(join(subpath, types)).toBe(join(modern?.types ?? ''))
      expect(join(subpath, main)).toBe(join(modern?.default ?? '').replace(/^dist/, 'dist/es2019'))
      expect(await read(consumer.path(subpath, main))).toMatch(/^export /m)
      expect(await read(consumer.path(subpath, types))).toMatch(/^export /m)
    })

    it('contains no test, no build info and no file of the workspace', async () => {
      const files = await readdir(consumer.path(), { recursive: true })
      expect(files.filter((file) => /(^|\/)test\/|\.test\.|tsbuildinfo|tsconfig|node_modules/.test(file))).toEqual([])
    })
  },
)

interface Manifest {
  main: string
  types: string
  exports?: Record<string, { types: string; default: string }>
}

const manifest = async (path: string): Promise<Manifest> => JSON.parse(await read(path)) as Manifest
