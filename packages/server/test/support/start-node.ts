import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface NodeProgram {
  readonly file: string
  readonly dispose: () => Promise<void>
}

/** Makes one file of a server node and all that it needs: processes do not go through the test runner. */
export async function buildNode(): Promise<NodeProgram> {
  const outDir = await mkdtemp(join(tmpdir(), 'statewire-node-'))
  const protocol = { find: '@statewire/core/protocol', replacement: at('../../../core/src/protocol/index.ts') }
  await build({
    configFile: false,
    logLevel: 'error',
    root: at('../..'),
    resolve: { alias: [protocol] },
    ssr: { noExternal: true },
    build: {
      ssr: at('node-process.ts'),
      outDir,
      emptyOutDir: true,
      rollupOptions: { output: { entryFileNames: 'node.mjs' } },
    },
  })
  return { file: join(outDir, 'node.mjs'), dispose: () => rm(outDir, { recursive: true, force: true }) }
}

export interface NodeProcess {
  readonly port: number
  /** Ends it without a warning (SIGKILL). */
  kill(): Promise<void>
}

/** Starts a node; resolves when it takes connections. @param port 0: a free one. */
export async function startNode({ file }: NodeProgram, redisUrl: string, port = 0): Promise<NodeProcess> {
  const child = spawn(process.execPath, [file, redisUrl, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const failed = ended.then(() => Promise.reject<never>(new Error('The node ended before it was ready.')))
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), failed])) as [string]
  failed.catch(() => {})
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return { port: Number(line), kill }
}
