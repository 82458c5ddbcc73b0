import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

export interface RedisServerOptions {
  /** Writes every change to disk, so that `restart` finds it. Default: nothing is kept. */
  readonly persistent?: boolean
}

/** A `redis-server` of its own on a free port of 127.0.0.1, in a folder that goes with it. */
export class RedisServer {
  readonly port: number
  readonly #folder: string
  readonly #persistent: boolean
  #child: ChildProcess | undefined

  constructor(port: number, folder: string, persistent: boolean) {
    this.port = port
    this.#folder = folder
    this.#persistent = persistent
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts the process, at first or after `kill`; resolves when it answers. */
  async start(): Promise<void> {
    const keep = this.#persistent ? 'yes' : 'no'
    const options = [
      '--port',
      `${this.port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      this.#folder,
      '--save',
      '',
      '--appendonly',
      keep,
    ]
    const child = spawn('redis-server', [...options, '--appendfsync', 'always'], { stdio: 'ignore' })
    this.#child = child
    const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`redis-server ended (${code}).`)))
    await Promise.race([failed, this.#answers()])
    failed.catch(() => {})
  }

  /** Stops it where it is (SIGSTOP): connections stay, nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  /** Undoes `pause`. */
  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Ends it without a warning (SIGKILL). `start` begins anew, on the same port. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #answers(): Promise<void> {
    const redis = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: 500, commandTimeout: 10_000 })
    redis.on('error', () => {})
    try {
      await redis.ping()
    } finally {
      redis.disconnect()
    }
  }
}

/** Starts a Redis for one test file. Fails when `redis-server` is not installed. */
export async function startRedis({ persistent = false }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-redis-'))
  const server = new RedisServer(await freePort(), folder, persistent)
  await server.start()
  return server
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
