import { expect, it } from 'vitest'
import { describePacked, read } from '../../testing/test/packed.ts'

const usage = `
import { append, createClient, defineProtocol } from '@statewire/core'
import { createStreamModel, dvaStatewire, effect } from '@statewire/dva'
import { connectAfterLogin } from '@statewire/dva/umi'

const protocol = defineProtocol<{ receive: { cpu: [string, number] } }>()
const client = createClient({ url: 'wss://example.org', protocol })
const state = { dd: [] as readonly { year: string; value: number }[], dindex: 0 }
const model = createStreamModel(client, {
  namespace: 'monitor',
  state,
  wire: { cpu: [append('dd', { limit: 300, map: ([year, value]) => ({ year, value }), count: 'dindex' }), effect('fetch')] },
  effects: { *fetch() {} },
  connect: true,
})
model.state.dindex.toFixed()
dvaStatewire(client).extraReducers
connectAfterLogin(client, { user: () => null })
createStreamModel(client, {
  namespace: 'monitor',
  state,
  // @ts-expect-error no such message type
  wire: { gpu: effect('fetch') },
})
`

describePacked(
  { folder: 'dva', entries: ['@statewire/dva', '@statewire/dva/umi'], usage, checkDeclarations: true },
  (consumer) => {
    it('has main and /umi for bundlers that do not read exports', async () => {
      const { main } = JSON.parse(await read(consumer.path('package.json'))) as { main: string }
      const umi = JSON.parse(await read(consumer.path('umi', 'package.json'))) as { main: string; types: string }
      expect(await read(consumer.path(main))).toContain('createStreamModel')
      expect(await read(consumer.path('umi', umi.main))).toContain('connectAfterLogin')
      expect(await read(consumer.path('umi', umi.types))).toContain('connectAfterLogin')
    })

    it('imports neither dva nor redux nor react', async () => {
      for (const file of [
        'dist/index.js',
        'dist/index.d.ts',
        'dist/umi.js',
        'dist/plugin.js',
        'dist/stream-model.js',
      ]) {
        expect(await read(consumer.path(file))).not.toMatch(/from '(dva|redux|react|umi)/)
      }
    })
  },
)
