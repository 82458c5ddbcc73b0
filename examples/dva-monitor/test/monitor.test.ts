import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEAD_SERVER, launch, openPage, REFUSED_LOGIN } from '../../dashboard/test/support/browser.ts'
import { startDemo } from '../../dashboard/test/support/demo.ts'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import type { DemoOptions } from '../../server/src/demo.js'

/** What the browser prints when a login finds no server. */
const DEAD_LOGIN = /^Failed to load resource: net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)$/

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function login(page: Page, password = 'demo'): Promise<void> {
  await page.getByLabel('User name').fill('demo')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const part = async (page: Page, name: string): Promise<string> => page.locator(`[data-part=${name}]`).innerText()
const label = (page: Page): Promise<string> => part(page, 'label')
const number = async (page: Page, name: string): Promise<number> => Number(await part(page, name))

async function setup(demoOptions: DemoOptions = {}) {
  const demo = await startDemo(demoOptions)
  const page = await openPage(browser, { expected: [DEAD_SERVER, REFUSED_LOGIN, DEAD_LOGIN] })
  await page.goto(`${demo.url}/dva/`)
  return { demo, page }
}

async function signedIn(demoOptions: DemoOptions = {}) {
  const all = await setup(demoOptions)
  await login(all.page)
  await eventually(() => label(all.page)).toBe('Live')
  return all
}

describe('S4 the CPU monitor', () => {
  it('opens no socket before the login, and says why one failed', async () => {
    const { demo, page } = await setup()
    await login(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'Wrong user name or password.' }).waitFor()
    expect(demo.sockets).toBe(0)
    await login(page)
    await eventually(() => label(page)).toBe('Live')
    expect(demo.sockets).toBe(1)
  })

  it('grows to 300 points, keeps 300, and goes on counting', async () => {
    const { demo, page } = await signedIn({ intervalMs: 10 })
    await eventually(() => number(page, 'count'), { timeout: 15_000 }).toBe(300)
    const counted = await number(page, 'dindex')
    await eventually(() => number(page, 'dindex')).toBeGreaterThan(counted + 20)
    expect(await number(page, 'count')).toBe(300)
    expect(demo.sockets).toBe(1)
  })

  it('says "Disconnected, reconnecting" when the server dies, and heals without a reload when it is back', async () => {
    const { demo, page } = await signedIn()
    await eventually(() => number(page, 'count')).toBeGreaterThan(40)
    await page.evaluate(() => Object.assign(window, { sameDocument: true }))
    await demo.kill()
    await eventually(() => label(page)).toBe('Disconnected, reconnecting …')
    const before = await number(page, 'dindex')

    const restarted = await startDemo({ port: demo.port })
    await eventually(() => label(page), { timeout: 15_000 }).toBe('Live')
    await eventually(() => number(page, 'dindex')).toBeGreaterThan(before)
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
    expect(restarted.sockets).toBe(1)
  })

  it('goes on after a reload, and forgets everything at the logout', async () => {
    const { demo, page } = await signedIn()
    await page.reload()
    await eventually(() => label(page)).toBe('Live')
    await eventually(() => number(page, 'count')).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await eventually(() => demo.sockets).toBe(0)
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)

    await demo.kill()
    await login(page)
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor()
  })

  it('comes back to the login, with the reason, when the server no longer accepts the token', async () => {
    const { demo, page } = await signedIn()
    demo.revokeTokens()
    await page.getByRole('alert').filter({ hasText: 'Your session is no longer valid.' }).waitFor()
    await eventually(() => demo.sockets).toBe(0)
  })

  it('disconnects and connects by its button', async () => {
    const { demo, page } = await signedIn()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await eventually(() => label(page)).toBe('Disconnected')
    await eventually(() => demo.sockets).toBe(0)
    await page.getByRole('button', { name: 'Connect' }).click()
    await eventually(() => label(page)).toBe('Live')
  })
})
