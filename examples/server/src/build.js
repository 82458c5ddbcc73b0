import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PACKAGES = ['core', 'server', 'pinia', 'vuex', 'dva', 'vue']
const EXAMPLES = ['dashboard', 'vuex-legacy', 'dva-monitor', 'screens', 'chat']
const require = createRequire(import.meta.url)

/**
 * Builds what a fresh clone does not have yet: the packages first, then the pages that use them.
 *
 * @param {object} options
 * @param {(line: string) => void} options.say told once for each build
 * @param {boolean} [options.all] builds what is there as well, because it may be old. Default false
 * @throws {Error} with the tool's output, when a build fails
 */
export async function build({ say, all = false }) {
  const isMissing = (/** @type {string} */ file) => all || !existsSync(join(ROOT, file))

  if (PACKAGES.some((name) => isMissing(`packages/${name}/dist/index.js`))) {
    say('Building the packages …')
    await run({ tool: 'typescript/bin/tsc', args: ['-b', ...PACKAGES.map((name) => `packages/${name}`)], cwd: ROOT })
  }
  for (const name of EXAMPLES.filter((name) => isMissing(`examples/${name}/dist/index.html`))) {
    say(`Building the page ${name} …`)
    const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
    await run({ tool: vite, args: ['build', '--logLevel', 'warn'], cwd: join(ROOT, 'examples', name) })
  }
}

/** @param {{ tool: string, args: readonly string[], cwd: string }} command */
async function run({ tool, args, cwd }) {
  const script = tool.startsWith('/') ? tool : require.resolve(tool)
  // Whoever asks for it, a test for instance: what is served is what a production build makes.
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`"${args.join(' ')}" in ${cwd} ended with code ${code}:\n${output}`)
}
