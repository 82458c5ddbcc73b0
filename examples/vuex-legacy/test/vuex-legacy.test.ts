import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoOptions } from '../../server/src/demo.js'
import { DEAD_SERVER, launch, openPage, REFUSED_LOGIN } from '../../dashboard/test/support/browser.ts'
import { startDemo } from '../../dashboard/test/support/demo.ts'
import { eventually } from '../../dashboard/test/support/eventually.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function setup({ demo: options, expected = [] }: { demo?: DemoOptions; expected?: readonly RegExp[] } = {}) {
  const demo = await startDemo(options)
  const page = await openPage(browser, { expected })
  await page.goto(`${demo.url}/vuex/`)
  return { demo, page }
}

async function signedIn(options: Parameters<typeof setup>[0] = {}) {
  const all = await setup(options)
  await login(all.page)
  await eventually(() => label(all.page)).toBe('Live')
  return all
}

async function login(page: Page, password = 'demo'): Promise<void> {
  await page.getByLabel('User name').fill('demo')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const label = (page: Page): Promise<string> => page.locator('[data-part=label]').innerText()
const count = async (page: Page): Promise<number> => Number(await page.locator('[data-part=count]').innerText())

interface State {
  ws: boolean
  message: unknown
  connection: { status: string }
  monitor: { cpu: readonly { time: number; percent: number }[] }
}

/** The state of the page's store. */
const state = (page: Page): Promise<State> =>
  page.evaluate(() => {
    const { __vue__ } = document.querySelector('#app > *, .page') as unknown as {
      __vue__: { $store: { state: State } }
    }
    return JSON.parse(JSON.stringify(__vue__.$store.state)) as State
  })

describe('S12 in a browser: Vue 2.7, Vuex 3 and vue-router 3', () => {
  it('opens no socket before the login', async () => {
    const { demo, page } = await setup({ expected: [REFUSED_LOGIN] })
    await login(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'Wrong user name or password.' }).waitFor()
    expect([page.url(), demo.sockets]).toEqual([`${demo.url}/vuex/login`, 0])
  })

  it('is live after the login, grows its series to 300 points in order, and keeps it there', async () => {
    const { demo, page } = await signedIn({ demo: { intervalMs: 10 } })
    await eventually(() => count(page), { timeout: 15_000 }).toBe(300)
    await page.waitForTimeout(300)
    const { monitor, message, connection } = await state(page)
    const steps = monitor.cpu
      .slice(1)
      .map(({ percent }, i) => Math.round((percent - monitor.cpu[i]!.percent) * 10) % 1_000)
    expect(monitor.cpu).toHaveLength(300)
    expect(new Set(steps.map((step) => (step + 1_000) % 1_000))).toEqual(new Set([1]))
    expect(message).toEqual({ used: 1024 ** 3, total: 4 * 1024 ** 3 })
    expect(connection.status).toBe('open')
    expect(demo.sockets).toBe(1)
  })

  it('survives a reload: the token is in local storage, and not in the state', async () => {
    const { demo, page } = await signedIn()
    await page.reload()
    await eventually(() => label(page)).toBe('Live')
    await eventually(() => demo.sockets).toBe(1)
    const token = await page.evaluate(() => localStorage.getItem('statewire-demo.vuex.token'))
    expect(token).toMatch(/\w{20}/)
    expect(JSON.stringify(await state(page))).not.toContain(token)
  })

  it('is live again by itself after the server was killed and restarted: no reload, and the series goes on', async () => {
    const { demo, page } = await signedIn({ expected: [DEAD_SERVER] })
    await eventually(() => count(page)).toBeGreaterThan(20)
    await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
    await demo.kill()
    await expect.poll(() => label(page)).toMatch(/reconnecting/i)
    const before = (await state(page)).monitor.cpu

    const restarted = await startDemo({ port: demo.port })
    await eventually(() => label(page), { timeout: 15_000 }).toBe('Live')
    await eventually(() => count(page)).toBeGreaterThan(before.length)
    expect((await state(page)).monitor.cpu.slice(0, before.length)).toEqual(before)
    expect(restarted.sockets).toBe(1)
    expect(await page.evaluate(() => 'loadedOnce' in window)).toBe(true)
  })

  it('asks for the password again when the server refuses the token (noAuth)', async () => {
    const { demo, page } = await signedIn()
    demo.revokeTokens()
    await page.getByRole('alert').filter({ hasText: 'Your session is no longer valid.' }).waitFor()
    await eventually(() => demo.sockets).toBe(0)
    await login(page)
    await eventually(() => label(page)).toBe('Live')
  })

  it('closes the socket and forgets the live series on logout', async () => {
    const { demo, page } = await signedIn()
    await eventually(() => count(page)).toBeGreaterThan(5)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await eventually(() => demo.sockets).toBe(0)
    expect(await state(page)).toMatchObject({ ws: false, message: null, monitor: { cpu: [] } })
  })
})
