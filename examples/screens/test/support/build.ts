import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** Builds a page with the packages' sources, so that no test runs against an old build of either. */
export async function buildPage(example: string): Promise<void> {
  // A test runner says 'test' here; what is served is what a production build makes.
  process.env['NODE_ENV'] = 'production'
  await build({
    root: at(`examples/${example}`),
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^@statewire\/core\/socketio$/, replacement: at('packages/core/src/transport/socket-io.ts') },
        { find: /^@statewire\/core$/, replacement: at('packages/core/src/index.ts') },
        { find: /^@statewire\/vue$/, replacement: at('packages/vue/src/index.ts') },
      ],
    },
  })
}
