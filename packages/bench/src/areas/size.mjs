import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

// The bundler that the size check of this repository uses.
const ofPreset = createRequire(createRequire(import.meta.url).resolve('@size-limit/preset-small-lib'))
const { build } = createRequire(ofPreset.resolve('@size-limit/esbuild'))('esbuild')

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
  'statewire: everything of core, with Pinia':
    "export * from '@statewire/core'\nexport * from '@statewire/core/router'\nexport * from '@statewire/pinia'\n",
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
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: FRAMEWORKS,
    conditions: ['production'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  return gzipSync(outputFiles[0].contents, { level: 9 }).length
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
