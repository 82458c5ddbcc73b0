import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Source entry points, so that tests run without a build. Longest names first: the first match wins. */
const sources: Record<string, string> = {
  '@statewire/core/eventsource': 'core/src/transport/event-source.ts',
  '@statewire/core/socketio': 'core/src/transport/socket-io.ts',
  '@statewire/core/protocol': 'core/src/protocol/index.ts',
  '@statewire/core/session': 'core/src/session/index.ts',
  '@statewire/core/router': 'core/src/router/index.ts',
  '@statewire/core': 'core/src/index.ts',
  '@statewire/testing/contracts': 'testing/src/contracts/index.ts',
  '@statewire/testing/node': 'testing/src/node/index.ts',
  '@statewire/testing': 'testing/src/index.ts',
  '@statewire/server/redis': 'server/src/redis.ts',
  '@statewire/server/metrics': 'server/src/metrics.ts',
  '@statewire/server': 'server/src/index.ts',
  '@statewire/indexeddb': 'indexeddb/src/index.ts',
  '@statewire/pinia': 'pinia/src/index.ts',
  '@statewire/vue': 'vue/src/index.ts',
  '@statewire/vuex': 'vuex/src/index.ts',
  '@statewire/dva/umi': 'dva/src/umi.ts',
  '@statewire/dva': 'dva/src/index.ts',
}
const alias = Object.entries(sources).map(([name, file]) => ({
  find: new RegExp(`^${name}$`),
  replacement: at(`packages/${file}`),
}))

// Vue 2.7 and Vuex 3 live under their real names in the legacy example only.
const legacy = createRequire(at('examples/vuex-legacy/package.json'))

const replace = (name: string, replacement: string) => ({ find: new RegExp(`^${name}$`), replacement })

/** First Chromium-like browser: STATEWIRE_CHROMIUM, else the first on PATH. */
function findChromium(): string | undefined {
  const given = process.env['STATEWIRE_CHROMIUM']
  if (given) return given
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        // not in this folder
      }
    }
  }
  return undefined
}
const chromium = findChromium()
if (!chromium) {
  if (process.env['CI']) throw new Error('No Chromium on PATH. Browser tests are not left out on CI: install it.')
  console.warn('No Chromium on PATH: browser tests are left out (set STATEWIRE_CHROMIUM to its path).')
}

const notUnit = ['**/*.integration.test.ts', '**/*.memory.test.ts', '**/*.packed.test.ts', '**/*.browser.test.ts']
const unit = (name: string, root = `packages/${name}`, aliases: { find: RegExp; replacement: string }[] = []) => ({
  extends: true as const,
  resolve: { alias: aliases },
  test: {
    name,
    root: at(root),
    include: ['test/**/*.test.ts'],
    exclude: notUnit,
    setupFiles: [at('packages/testing/test/setup.ts')],
  },
})

export default defineConfig({
  root: at('.'),
  resolve: { alias },
  test: {
    setupFiles: [at('packages/core/test/error-texts.ts')],
    // One more than Vitest takes of two cores: its own process has little to do.
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text', 'json-summary'] },
    reporters: [
      'default',
      {
        onTestRunEnd(modules, unhandledErrors) {
          // What fails outside a test (a file that cannot be loaded, a stray rejection) is a failure all the same.
          const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
          for (const module of modules) {
            count.failed += module.errors().length
            for (const test of module.children.allTests()) {
              const { state } = test.result()
              count[state === 'passed' || state === 'failed' ? state : 'skipped']++
            }
          }
          console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
        },
      },
    ],
    projects: [
      unit('core'),
      unit('testing'),
      unit('docs'),
      unit('pinia'),
      unit('pinia3', 'packages/pinia', [replace('pinia', 'pinia3')]),
      unit('pinia2', 'packages/pinia', [replace('pinia', 'pinia2')]),
      unit('vuex4', 'packages/vuex'),
      unit('vuex3', 'packages/vuex', [replace('vue', legacy.resolve('vue')), replace('vuex', legacy.resolve('vuex'))]),
      unit('dva'),
      unit('server'),
      unit('indexeddb'),
      { ...unit('vue'), test: { ...unit('vue').test, environment: 'happy-dom' } },
      {
        extends: true,
        test: {
          name: 'integration',
          root: at('packages'),
          include: ['*/test/**/*.integration.test.ts'],
          setupFiles: [at('packages/testing/test/setup-integration.ts')],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'packed',
          root: at('packages'),
          include: ['*/test/**/*.packed.test.ts'],
          globalSetup: at('packages/testing/test/build.ts'),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          root: at('packages'),
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['*/test/**/*.test-d.ts'],
            tsconfig: at('tsconfig.test.json'),
          },
        },
      },
      ...(chromium
        ? [
            {
              extends: true as const,
              test: {
                name: 'browser',
                root: at('.'),
                include: ['examples/*/test/**/*.test.ts', 'packages/*/test/**/*.browser.test.ts'],
                globalSetup: at('examples/dashboard/test/support/build.ts'),
                env: { STATEWIRE_CHROMIUM: chromium },
                testTimeout: 60_000,
                hookTimeout: 120_000,
                // One page under load at a time: two cores, and the tests measure liveness.
                fileParallelism: false,
                sequence: { groupOrder: 2 },
              },
            },
          ]
        : []),
    ],
  },
})
