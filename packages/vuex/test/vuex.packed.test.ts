import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describePacked, read } from '../../testing/test/packed.ts'

const usage = `
import { createClient, latest } from '@statewire/core'
import { commit, vuexStatewire } from '@statewire/vuex'

const client = createClient({ url: 'wss://example.org' })
vuexStatewire<{ market: { last: unknown } }>(client, { wire: { ticker: latest('market/last'), '*': commit('SET_MESSAGE') } })
// @ts-expect-error an unknown path
vuexStatewire<{ market: { last: unknown } }>(client, { wire: { ticker: latest('market/lasst') } })
`

// No peers: neither Vue nor Vuex is there, and nothing misses them.
describePacked({ folder: 'vuex', usage }, (consumer) => {
  it('names neither Vue nor Vuex, in code or in declarations', async () => {
    const files = (await readdir(consumer.path('dist'), { recursive: true })).filter((file) =>
      /\.(js|d\.ts)$/.test(file),
    )
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) expect(await read(consumer.path('dist', file))).not.toMatch(/from ['"]vuex?['"]/)
  })
})
