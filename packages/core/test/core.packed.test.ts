import { readdir } from 'node:fs/promises'
import ts from 'typescript'
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

describePacked(
  { folder: 'core', entries: ['@statewire/core', '@statewire/core/protocol', '@statewire/core/router'], usage },
  (consumer) => {
    it('has main and /router for bundlers that do not read exports, in ES2019 syntax', async () => {
      const { main } = JSON.parse(await read(consumer.path('package.json'))) as { main: string }
      const router = JSON.parse(await read(consumer.path('router', 'package.json'))) as { main: string; types: string }
      expect(await read(consumer.path(main))).toContain('createClient')
      expect(await read(consumer.path('router', router.main))).toContain('connectAfterLogin')
      expect(await read(consumer.path('router', router.types))).toContain('connectAfterLogin')
    })

    it('needs nothing newer than ES2019 to be parsed there', async () => {
      const files = (await readdir(consumer.path('dist', 'es2019'), { recursive: true })).filter((f) =>
        f.endsWith('.js'),
      )
      expect(files.length).toBeGreaterThan(5)
      const newer: string[] = []
      for (const file of files) {
        const code = await read(consumer.path('dist', 'es2019', file))
        if (emit(code, ts.ScriptTarget.ES2019) !== emit(code, ts.ScriptTarget.ESNext)) newer.push(file)
      }
      expect(newer).toEqual([])
    })

    it('contains no test, no build info and no file of the workspace', async () => {
      const files = await readdir(consumer.path(), { recursive: true })
      expect(files.filter((file) => /(^|\/)test\/|\.test\.|tsbuildinfo|tsconfig|node_modules/.test(file))).toEqual([])
    })
  },
)

/** What is left after lowering: the same text for two targets means that there was nothing to lower between them. */
function emit(code: string, target: ts.ScriptTarget): string {
  return ts.transpileModule(code, { compilerOptions: { target, module: ts.ModuleKind.ESNext } }).outputText
}
