import { execFileSync } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
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

    const TEXT = 'Call connect() to start over.'
    const throws = `console.log(new StatewireError('FAILED', { reason: 'auth' }).message)`

    it.each([
      ['code and details in production', [], '', 'FAILED {"reason":"auth"} (the development build says more)'],
      ['texts with the development condition', ['--conditions=development'], '', TEXT],
      ['texts with the import that loads them', [], "import '@statewire/core/development'", TEXT],
    ])('has errors with %s', (_, flags, first, expected) => {
      const code = `import { StatewireError } from '@statewire/core'\n${first}\n${throws}`
      const args = [...flags, '--input-type=module', '--eval', code]
      expect(execFileSync(process.execPath, args, { cwd: consumer.path(), encoding: 'utf8' })).toContain(expected)
    })

    it.each([
      ['leaves the texts out of', 'production', '', false],
      ['keeps the texts in', 'development', '', true],
      ['keeps the texts that are imported in', 'production', "import '@statewire/core/development'", true],
    ])('%s a bundle for %s', async (_, condition, first, kept) => {
      const entry = consumer.path('..', '..', '..', 'entry.js')
      await writeFile(entry, `${first}\nimport { StatewireError } from '@statewire/core'\n${throws}`)
      const code = await bundle(entry, condition)
      expect(code).toContain('the development build says more')
      expect(code.includes(TEXT)).toBe(kept)
      // One class, whatever was imported how.
      expect(code.match(/class \w* ?extends Error/g)).toHaveLength(1)
    })

    it('contains no test, no build info and no file of the workspace', async () => {
      const files = await readdir(consumer.path(), { recursive: true })
      expect(files.filter((file) => /(^|\/)test\/|\.test\.|tsbuildinfo|tsconfig|node_modules/.test(file))).toEqual([])
    })
  },
)

async function bundle(entry: string, condition: string): Promise<string> {
  const outputs = await build({
    configFile: false,
    root: join(entry, '..'),
    logLevel: 'silent',
    resolve: { conditions: [condition] },
    build: { lib: { entry, formats: ['es'] }, minify: false, write: false },
  })
  const [first] = Array.isArray(outputs) ? outputs : []
  return first?.output[0].code ?? ''
}

interface Manifest {
  main: string
  types: string
  exports?: Record<string, { types: string; default: string }>
}

const manifest = async (path: string): Promise<Manifest> => JSON.parse(await read(path)) as Manifest
