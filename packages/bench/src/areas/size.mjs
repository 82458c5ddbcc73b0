import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundle } from '../lib/bundle.mjs'

const FRAMEWORKS = ['vue', 'pinia', 'vuex', 'react', 'react-dom', 'redux', 'graphql', '@vue/devtools-api']
const here = fileURLToPath(new URL('.', import.meta.url))

export const title = 'Size'
export const about = `A production bundle of what is imported, ES2022, minified by esbuild, \`gzip -9\`; the framework stays outside. A peer's
row says what its users import; those that write no store need code of the application besides.`

export const groups = ['bundles']

const CORE = ['createClient', 'append', 'latest', 'upsert']
/** @type {Record<string, string>} */
const entries = {
  'statewire: createClient': code('@statewire/core', ['createClient']),
  'statewire: createClient and three rules': code('@statewire/core', CORE),
  'statewire: Pinia and three rules': code('@statewire/core', CORE) + code('@statewire/pinia', ['piniaStatewire']),
  'statewire: Vuex and three rules': code('@statewire/core', CORE) + code('@statewire/vuex', ['vuexStatewire']),
  'statewire: dva and three rules': code('@statewire/core', CORE) + code('@statewire/dva', ['createStreamModel']),
  'statewire: everything of core, with Pinia': everything(),
  'vue-native-websocket-vue3': "export { default } from 'vue-native-websocket-vue3'",
  'VueUse useWebSocket': code('@vueuse/core', ['useWebSocket']),
  'vue-socket.io-extended and socket.io-client':
    "export { default } from 'vue-socket.io-extended'\nexport { io } from 'socket.io-client'",
  'react-use-websocket': "export { default } from 'react-use-websocket'",
  'redux-websocket': "export { default, connect } from '@giantmachines/redux-websocket'",
  'reconnecting-websocket': "export { default } from 'reconnecting-websocket'",
  partysocket: "export { default } from 'partysocket/ws'",
  'socket.io-client': code('socket.io-client', ['io']),
  centrifuge: code('centrifuge', ['Centrifuge']),
  'graphql-ws': code('graphql-ws', ['createClient']),
}

/** All entries of core that are built, and the adapter. */
function everything() {
  const { resolve } = createRequire(import.meta.url)
  const { exports } = JSON.parse(readFileSync(resolve('@statewire/core/package.json'), 'utf8'))
  const names = Object.keys(exports).filter((name) => !['./package.json', './protocol', './development'].includes(name))
  const built = names.map((name) => `@statewire/core${name.slice(1)}`).filter((name) => existsSync(resolve(name)))
  return [...built, '@statewire/pinia'].map((name) => `export * from '${name}'\n`).join('')
}

export async function run() {
  const rows = []
  for (const [subject, contents] of Object.entries(entries)) {
    const bytes = await sizeOf(contents)
    const kB = bytes / 1_000
    rows.push({ table: 'Size of a bundle', subject, column: 'gzip -9', unit: 'kB', median: kB, min: kB, max: kB })
  }
  return rows
}

async function sizeOf(contents) {
  const [file] = await bundle({ stdin: { contents, resolveDir: here }, external: FRAMEWORKS })
  return gzipSync(file.contents, { level: 9 }).length
}

function code(from, names) {
  return `export { ${names.join(', ')} } from '${from}'\n`
}

export const targets = Object.entries({
  'statewire: createClient': 7,
  'statewire: Pinia and three rules': 9,
  'statewire: everything of core, with Pinia': 18,
}).map(([subject, most]) => ({
  aim: `${subject}: at most ${most} kB`,
  of: (row) => row.subject === subject,
  by: 'time',
  most,
}))
