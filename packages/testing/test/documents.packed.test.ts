import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { check, snippetsOf } from './snippets.ts'

const root = new URL('../../../', import.meta.url)
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('packages', root)).map((folder) => `packages/${folder}/README.md`),
  ...readdirSync(new URL('packages/docs', root)).map((file) => `packages/docs/${file}`),
].filter((document) => document.endsWith('.md') && existsSync(new URL(document, root)))

// In the packed project because it checks against the built declarations, which are what a reader has.
describe('code in documents', { timeout: 60_000 }, () => {
  it.each(documents)('%s compiles', (document) => {
    const markdown = readFileSync(new URL(document, root), 'utf8')
    expect(check(document, snippetsOf(document, markdown))).toEqual([])
  })

  it('is told where it is wrong, in components and across blocks as well', () => {
    const markdown = [
      'text',
      '```ts client.ts',
      "import { createClient } from '@statewire/core'",
      "export const client = createClient({ url: 'wss://example.org' })",
      '```',
      '',
      '```vue',
      '<script setup lang="ts">',
      "import { client } from './client'",
      'client.conect()',
      '</script>',
      '<template>not code</template>',
      '```',
      '',
      '```ts no-check',
      'nonsense',
      '```',
      '```ts no-check a fragment',
      'nonsense',
      '```',
    ].join('\n')
    expect(check('X.md', snippetsOf('X.md', markdown))).toEqual([
      'X.md:15 no-check needs a reason',
      expect.stringMatching(/^X\.md:10 .*'conect' does not exist/),
    ])
  })
})
