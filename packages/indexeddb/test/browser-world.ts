import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createServer } from '@statewire/server'
import { createFaultProxy, type FaultProxy } from '@statewire/testing/node'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { expect, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const IMPORTS = {
  '@statewire/core': '/packages/core/dist/index.js',
  '@statewire/core/session': '/packages/core/dist/session/index.js',
  '@statewire/indexeddb': '/packages/indexeddb/dist/index.js',
  idb: '/node_modules/idb/build/index.js',
}
/** What the page offers to the tests. */
const SCRIPT = `
import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { indexedDbStorage } from '@statewire/indexeddb'

window.start = ({ url, user, park = false }) => {
  const client = createClient({
    url: url + '?secret=1',
    auth: { token: () => user },
    openTimeoutMs: 1000,
    reconnect: { baseDelayMs: 50, maxDelayMs: 200 },
    session: session({ storage: indexedDbStorage(), park }),
  })
  const page = { client, problems: [], acked: [], say: (data) => client.send('say', data).then(() => page.acked.push(data), () => {}) }
  client.on('problem', ({ code }) => page.problems.push(code))
  client.signIn(user)
  void client.connect()
  window.page = page
}`
const HTML = `<!doctype html><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script><script type="module">${SCRIPT}</script>`

/** What the script puts on the window. */
export interface Scripted {
  start(options: { url: string; user: string; park?: boolean }): void
  page: {
    client: { state: { status: string }; signOut(): void; signIn(user: string): void; connect(): Promise<void> }
    problems: string[]
    acked: string[]
    say(data: string): Promise<void>
  }
}

/** Builds what pages load; the server comes from its source. */
export async function buildPackages(): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const [code] = await once(spawn(process.execPath, [tsc, '-b', 'packages/indexeddb'], { cwd: root }), 'close')
  expect(code).toBe(0)
}

export function launch(): Promise<Browser> {
  const executablePath = process.env['STATEWIRE_CHROMIUM']
  if (!executablePath) throw new Error('STATEWIRE_CHROMIUM is not set')
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/** Serves the page and, on its socket, whoever says their name as a token. Notes what is said. */
async function serve() {
  const applied: { readonly user: string; readonly data: string }[] = []
  const http = createHttpServer((request, response) => {
    const path = request.url ?? ''
    const isFile = Object.values(IMPORTS).some((entry) => path.startsWith(entry.replace(/[^/]*$/, '')))
    if (!isFile) return void response.setHeader('content-type', 'text/html').end(path === '/' ? HTML : '')
    response.setHeader('content-type', 'text/javascript')
    readFile(root + path).then(
      (file) => response.end(file),
      () => response.writeHead(404).end(),
    )
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const server = createServer({
    server: http,
    origins: '*',
    authenticate: (token) => ({ id: String(token) }),
    messages: { say: (data, { user }) => void applied.push({ user: user.id, data: data as string }) },
  })
  const proxy = await createFaultProxy({ target: { port } })
  onTestFinished(async () => {
    await proxy.close()
    await server.close()
    http.closeAllConnections()
    http.close()
  })
  return { applied, proxy, origin: `http://127.0.0.1:${port}/` }
}

/** A browser of one user, a server, and a bad network between them. */
export async function openWorld(browser: Browser) {
  const { applied, proxy, origin } = await serve()
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const said = (user = 'ann'): string[] => applied.filter((one) => one.user === user).map(({ data }) => data)
  return {
    context,
    proxy,
    said,
    open: (user = 'ann', park = false) => openPage(context, { origin, proxy, user, park }),
    blank: async () => {
      const page = await context.newPage()
      await page.goto(origin)
      return page
    },
  }
}

interface Opening {
  readonly origin: string
  readonly proxy: FaultProxy
  readonly user: string
  readonly park: boolean
}

async function openPage(context: BrowserContext, { origin, proxy, user, park }: Opening): Promise<Tab> {
  const page = await context.newPage()
  await page.goto(origin)
  const tab = new Tab(page, { url: proxy.wsUrl('/'), user, park })
  await tab.start()
  return tab
}

/** A page as a test handles it. */
export class Tab {
  readonly page: Page
  readonly #options: Parameters<Scripted['start']>[0]

  constructor(page: Page, options: Parameters<Scripted['start']>[0]) {
    this.page = page
    this.#options = options
  }

  async start(): Promise<void> {
    await this.page.waitForFunction(() => 'start' in window)
    await this.page.evaluate((options) => (window as unknown as Scripted).start(options), this.#options)
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.start()
  }

  /** Locks that pages of this browser hold. */
  locks(): Promise<number | undefined> {
    return this.page.evaluate(async () => (await navigator.locks.query()).held?.length)
  }

  /** Sends; does not wait for the acknowledgement. */
  async say(...messages: readonly string[]): Promise<void> {
    await this.page.evaluate((all) => {
      for (const data of all) void (window as unknown as Scripted).page.say(data)
    }, messages)
  }

  status(): Promise<string> {
    return this.page.evaluate(() => (window as unknown as Scripted).page.client.state.status)
  }

  acked(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as Scripted).page.acked)
  }

  problems(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as Scripted).page.problems)
  }

  /** Messages that are kept in the database now. */
  kept(): Promise<number> {
    return this.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open('statewire')
        opening.onsuccess = () => resolve(opening.result)
      })
      const count = await new Promise<number>((resolve) => {
        const counting = database.transaction('messages').objectStore('messages').count()
        counting.onsuccess = () => resolve(counting.result)
      })
      database.close()
      return count
    })
  }

  /** Ends the page's process, as a crash does. */
  async crash(): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page)
    const crashed = this.page.waitForEvent('crash')
    void devtools.send('Page.crash').catch(() => {})
    await crashed
    await this.page.close()
  }

  /** Follows a link to another page; this one waits in the back/forward cache. */
  async leave(): Promise<void> {
    await this.page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => void Object.assign(window, { persisted }))
    })
    await this.page.goto(new URL('/other', this.page.url()).href)
  }

  /** Comes back to it, as it was. */
  async back(): Promise<void> {
    await this.page.goBack({ waitUntil: 'commit' })
    await expect.poll(() => this.page.evaluate(() => 'persisted' in window && window.persisted)).toBe(true)
  }

  /** Closes the page without asking it. */
  close(): Promise<void> {
    return this.page.close({ runBeforeUnload: false })
  }
}
