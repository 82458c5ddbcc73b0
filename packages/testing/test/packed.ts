import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const bin = (path: string): string => join(root, 'node_modules', path)

export interface PackedOptions {
  /** Folder in `packages`. */
  folder: string
  /** Import specifiers that a user may write. @default the package's name */
  entries?: string[]
  /** Those of them that load in plain Node. @default all */
  loads?: string[]
  /** Packages that the user must have, linked from this workspace. */
  peers?: string[]
  /** Packages that it brings along itself, packed from this workspace: a fresh machine has no registry at hand. */
  dependencies?: string[]
  /** A user's TypeScript module, checked beside the imports of all entries. */
  usage?: string
  /** Also checks the published declarations themselves; peers' declarations are not ours to check. @default without peers */
  checkDeclarations?: boolean
}

/** A user's empty project with the packed package in it, once `describePacked` has installed it. */
export interface Consumer {
  path(...parts: string[]): string
}

/**
 * Packs a package as npm would publish it, installs it in an empty project outside the workspace, and tests what a user
 * meets there: metadata, types under both module resolutions, import and require without side effects.
 */
export function describePacked(options: PackedOptions, more?: (consumer: Consumer) => void): void {
  const { folder, peers = [], dependencies = [], usage = '', checkDeclarations = peers.length === 0 } = options
  const name = `@statewire/${folder}`
  const { entries = [name], loads = entries } = options
  let project = ''
  let tarball = ''

  describe(`${name} as packed`, { timeout: 60_000 }, () => {
    beforeAll(async () => {
      project = await mkdtemp(join(tmpdir(), `statewire-${folder}-`))
      const folders = [...dependencies.map(bin), ...new Set(['core', folder].map((one) => join(root, 'packages', one)))]
      const tarballs = await Promise.all(folders.map((one) => pack(one, project)))
      tarball = tarballs.at(-1) ?? ''
      await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
      // Peers come from this workspace instead of a registry; the packages themselves only ever from their tarballs.
      const quiet = [
        '--offline',
        '--legacy-peer-deps',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        '--no-package-lock',
      ]
      await run('npm', ['install', ...quiet, ...tarballs], { cwd: project })
      for (const peer of peers) await link(peer, project)
    }, 60_000)
    afterAll(() => rm(project, { recursive: true, force: true }))

    it('has metadata that publint finds nothing wrong with', async () => {
      const { messages, pkg } = await publint({
        pkgDir: join(project, 'node_modules', name),
        strict: true,
        pack: false,
      })
      expect(messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }))).toEqual([])
    })

    it('has types that resolve wherever ES modules do', async () => {
      const attw = bin('@arethetypeswrong/cli/dist/index.js')
      const args = [attw, '--profile', 'esm-only', '--no-definitely-typed', '--no-color', '--format', 'ascii', tarball]
      await expect(run(process.execPath, args, { cwd: project })).resolves.toBeDefined()
    })

    it('type-checks in a strict, empty project with bundler and with nodenext resolution', async () => {
      const imports = entries.map((entry, n) => `import * as entry${n} from '${entry}'\nvoid entry${n}\n`).join('')
      const configs = ['bundler', 'nodenext'].map(async (moduleResolution) => {
        const user = `user-${moduleResolution}.ts`
        const compilerOptions = {
          strict: true,
          noEmit: true,
          target: 'es2022',
          lib: ['es2022', 'dom'],
          types: peers.includes('@types/node') ? ['node'] : [],
          module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution,
          moduleResolution,
          skipLibCheck: !checkDeclarations,
          skipDefaultLibCheck: true,
        }
        await writeFile(join(project, user), imports + usage)
        await writeFile(join(project, `${user}.json`), JSON.stringify({ compilerOptions, files: [user] }))
        return `${user}.json`
      })
      // One process for both reads the standard library once.
      expect(await output([bin('typescript/bin/tsc'), '-b', ...(await Promise.all(configs))], project)).toBe('')
    })

    it.each([
      ['import', 'user.mjs', (entry: string) => `await import('${entry}')`],
      ['require()', 'user.cjs', (entry: string) => `require('${entry}')`],
    ])('loads by %s with no effect on the process, which then ends by itself', async (_how, file, load) => {
      await writeFile(join(project, file), sideEffectProbe(loads.map(load)))
      expect(JSON.parse(await output([file], project))).toEqual({ effects: [], exported: loads.map(() => true) })
    })

    const main = mainOf(folder)
    if (main)
      it('has main for bundlers that do not read exports, in syntax no newer than ES2019', async () => {
        const build = join(project, 'node_modules', name, dirname(main))
        const files = (await readdir(build, { recursive: true })).filter((file) => file.endsWith('.js'))
        expect(files).toContain(basename(main))
        const codes = await Promise.all(files.map((file) => read(join(build, file))))
        expect(files.filter((_file, n) => isNewerThanEs2019(codes[n] ?? ''))).toEqual([])
      })

    more?.({ path: (...parts) => join(project, 'node_modules', name, ...parts) })
  })
}

function mainOf(folder: string): string {
  const manifest = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { main?: string }).main ?? ''
}

/** Whether lowering changes it: the same text for two targets means that there was nothing to lower between them. */
function isNewerThanEs2019(code: string): boolean {
  const emit = (target: ts.ScriptTarget): string =>
    ts.transpileModule(code, { compilerOptions: { target, module: ts.ModuleKind.ESNext } }).outputText
  return emit(ts.ScriptTarget.ES2019) !== emit(ts.ScriptTarget.ESNext)
}

async function pack(cwd: string, destination: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], {
    cwd,
  })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  return join(destination, packed?.filename ?? '')
}

async function link(peer: string, project: string): Promise<void> {
  const at = join(project, 'node_modules', peer)
  await mkdir(dirname(at), { recursive: true })
  await symlink(bin(peer), at, 'dir')
}

/** What a script prints, on either stream; a failing one is told apart by what it says. */
async function output(args: string[], cwd: string): Promise<string> {
  const ran = await run(process.execPath, args, { cwd, timeout: 50_000 }).catch(
    (error: { stdout: string; stderr: string; message: string }) => ({
      ...error,
      stderr: error.stderr || error.message,
    }),
  )
  return ran.stdout + ran.stderr
}

/** A script that loads the entries and prints what that did to the process. */
function sideEffectProbe(loads: string[]): string {
  return `
const globals = () => [globalThis, Object.prototype, Array.prototype, Promise.prototype].flatMap(Reflect.ownKeys).map(String)
const before = new Set(globals())
const effects = []
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch']) {
  const original = globalThis[name]
  globalThis[name] = (...args) => { effects.push(name); return original(...args) }
}
const entries = [${loads.join(', ')}]
// Vue and Pinia set these themselves.
effects.push(...globals().filter((key) => !before.has(key) && !/^__(VUE|PINIA)_/.test(key)))
effects.push(...process.getActiveResourcesInfo().filter((resource) => !/^(PipeWrap|TTYWrap|FSReqPromise|CloseReq)$/.test(resource)))
console.log(JSON.stringify({ effects, exported: entries.map((entry) => typeof entry === 'object') }))
`
}

/** The text of a file, for tests that look into a package. */
export const read = (path: string): Promise<string> => readFile(path, 'utf8')
