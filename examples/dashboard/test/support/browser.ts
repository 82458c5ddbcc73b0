import { chromium } from 'playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { expect, onTestFinished } from 'vitest'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launch(): Promise<Browser> {
  const executablePath = process.env['STATEWIRE_CHROMIUM']
  if (!executablePath) throw new Error('STATEWIRE_CHROMIUM is not set')
  return chromium.launch({ executablePath, args: ARGS })
}

/** What the browser prints when a server is not there: no script can keep it from doing so. */
export const DEAD_SERVER =
  /^WebSocket connection to 'ws:\/\/[^']+\/ws' failed: [\w ]+: net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)$/
export const REFUSED_LOGIN = /^Failed to load resource: the server responded with a status of 401 \(Unauthorized\)$/

interface PageOptions {
  readonly context?: BrowserContextOptions
  /** Console messages that belong to the test. All others fail it. */
  readonly expected?: readonly RegExp[]
}

/** Opens a page in a fresh context, which ends with the test. An unexpected console message or error fails the test. */
export async function openPage(browser: Browser, { context: options = {}, expected = [] }: PageOptions): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const printed: string[] = []
  page.on('console', (message) => {
    const isExpected = expected.some((pattern) => pattern.test(message.text()))
    if (!isExpected) printed.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => printed.push(String(error.stack)))
  onTestFinished(async () => {
    await context.close()
    expect(printed, 'console of the page').toEqual([])
  })
  return page
}
