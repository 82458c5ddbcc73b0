import type { Browser, BrowserContextOptions } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, openPage } from '../../dashboard/test/support/browser.ts'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { startChat } from './support/chat.ts'
import { ChatWindow } from './support/chat-window.ts'

/** What the browser prints when a server is not there: no script can keep it from doing so. */
const DEAD_SERVER =
  /^WebSocket connection to 'ws:\/\/[^']+\/chat\/socket\.io\/\?[^']+' failed: [\w ]+: net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)$/

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** A server and live windows of people of these names. */
async function setup({
  names = ['Ann', 'Ben'],
  context = {},
}: { names?: string[]; context?: BrowserContextOptions } = {}) {
  const chat = await startChat()
  const windows: ChatWindow[] = []
  for (const name of names) {
    const page = await openPage(browser, {
      context: { viewport: { width: 1280, height: 800 }, ...context },
      expected: [DEAD_SERVER],
    })
    const window = new ChatWindow(page)
    await window.open(chat.url, name)
    await eventually(() => window.label()).toBe('Live')
    windows.push(window)
  }
  return { chat, ann: windows[0]!, ben: windows[1]! }
}

describe('S10 the chat page', () => {
  it('S10 lets two windows talk to each other, in one order', async () => {
    const { ann, ben } = await setup()
    await eventually(() => ann.people()).toBe('Ann, Ben')
    await ann.say('hello')
    await eventually(() => ben.messages()).toEqual(['Ann: hello'])
    await ben.say('<b>hello</b> yourself')
    const both = ['Ann: hello', 'Ben: <b>hello</b> yourself']
    for (const window of [ann, ben]) await eventually(() => window.messages()).toEqual(both)
    expect(await ann.waiting()).toEqual([])
  })

  it('S10 keeps rooms apart, and shows what was said in one before', async () => {
    const { ann, ben } = await setup()
    await ann.choose('garden')
    await eventually(() => ben.people()).toBe('Ben')
    await ann.say('only flowers here')
    await eventually(() => ann.messages()).toEqual(['Ann: only flowers here'])
    await ben.say('alone in the lobby')
    await eventually(() => ben.messages()).toEqual(['Ben: alone in the lobby'])
    expect(await ann.messages()).toEqual(['Ann: only flowers here'])

    await ben.choose('garden')
    await eventually(() => ben.messages()).toEqual(['Ann: only flowers here'])
    await ben.choose('lobby')
    await eventually(() => ben.messages()).toEqual(['Ben: alone in the lobby'])
  })

  it('S10 heals both windows after a restart of the server: no reload, nothing lost, nothing twice', async () => {
    const { chat, ann, ben } = await setup()
    await ann.say('before')
    await eventually(() => ben.messages()).toEqual(['Ann: before'])
    const layout = await ben.layout()

    await chat.kill()
    for (const window of [ann, ben]) await eventually(() => window.label()).toMatch(/^Connection lost, reconnecting/)
    expect(await ben.layout()).toEqual(layout)
    await ann.say('meanwhile 1')
    await ann.say('meanwhile 2')
    await eventually(() => ann.waiting()).toEqual(['meanwhile 1', 'meanwhile 2'])

    const restarted = await startChat({ port: chat.port })
    for (const window of [ann, ben]) await eventually(() => window.label(), { timeout: 20_000 }).toBe('Live')
    await ben.say('after')
    for (const window of [ann, ben]) {
      await eventually(async () => (await window.messages()).toSorted()).toEqual(
        ['Ann: before', 'Ann: meanwhile 1', 'Ann: meanwhile 2', 'Ben: after'].toSorted(),
      )
    }
    await eventually(() => ann.waiting()).toEqual([])
    expect(await ann.messages()).toEqual(await ben.messages())
    expect(restarted.sockets).toBe(2)
  })

  it('S10 comes back in order from a server that says goodbye', async () => {
    const { chat, ann } = await setup({ names: ['Ann'] })
    await chat.close()
    await eventually(() => ann.label()).toMatch(/^Connection lost, reconnecting/)
    await startChat({ port: chat.port })
    await eventually(() => ann.label(), { timeout: 20_000 }).toBe('Live')
  })

  it('S10 asks again for a name that the server does not take', async () => {
    const { ann } = await setup({ names: ['Ann'] })
    await ann.page.getByRole('button', { name: 'Leave' }).click()
    await ann.page.getByLabel('What shall we call you?').fill('<script>')
    await ann.page.keyboard.press('Enter')
    await ann.page.getByRole('alert').filter({ hasText: 'The server does not take this name.' }).waitFor()
  })

  it('S10 fits a phone, and moves nothing there whatever the banner says', async () => {
    const { chat, ann } = await setup({ names: ['Ann'], context: { viewport: { width: 390, height: 844 } } })
    await eventually(() => ann.page.getByRole('button', { name: 'music' }).count()).toBe(1)
    expect(await ann.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    expect(await ann.page.evaluate(() => document.documentElement.scrollHeight)).toBe(844)
    const layout = await ann.layout()
    await chat.kill()
    await eventually(() => ann.label()).toMatch(/^Connection lost, reconnecting/)
    expect(await ann.layout()).toEqual(layout)
  })
})
