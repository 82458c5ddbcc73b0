import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoOptions } from '../../server/src/demo.js'
import { eventually } from './support/eventually.ts'
import { launch, openPage, REFUSED_LOGIN } from './support/browser.ts'
import { Dashboard } from './support/dashboard.ts'
import { startDemo } from './support/demo.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

async function setup({ demo: demoOptions, ...options }: Parameters<typeof openPage>[1] & { demo?: DemoOptions } = {}) {
  const demo = await startDemo(demoOptions)
  const page = await openPage(browser, options)
  const dashboard = new Dashboard(page, demo.url)
  await dashboard.open()
  return { demo, page, dashboard }
}

async function signedIn(overrides: Parameters<typeof setup>[0] = {}) {
  const all = await setup(overrides)
  await all.dashboard.login()
  await eventually(() => all.dashboard.label()).toBe('Live')
  return all
}

describe('login', () => {
  it('stands before the dashboard, and opens no socket', async () => {
    const { demo, page } = await setup()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(page.url()).toBe(`${demo.url}/dashboard/login`)
    expect(demo.sockets).toBe(0)
  })

  it('says that the password is wrong, and lets the user try again', async () => {
    const { demo, page, dashboard } = await setup({ expected: [REFUSED_LOGIN] })
    await dashboard.login('wrong')
    await page.getByRole('alert').filter({ hasText: 'Wrong user name or password.' }).waitFor()
    expect(demo.sockets).toBe(0)

    await dashboard.login()
    await eventually(() => dashboard.label()).toBe('Live')
  })

  it('survives a reload', async () => {
    const { demo, page, dashboard } = await signedIn()
    await page.reload()
    await eventually(() => dashboard.label()).toBe('Live')
    await eventually(() => demo.sockets).toBe(1)
  })

  it('comes back, with the reason, when the server no longer accepts the token', async () => {
    const { demo, page } = await signedIn()
    demo.revokeTokens()
    await page.getByRole('alert').filter({ hasText: 'Your session is no longer valid.' }).waitFor()
    expect(page.url()).toBe(`${demo.url}/dashboard/login`)
    await eventually(() => demo.sockets).toBe(0)
  })

  it('comes back when a kept token is refused at the first attempt', async () => {
    const { demo, page, dashboard } = await signedIn()
    await page.goto('about:blank')
    demo.revokeTokens()
    await dashboard.open()
    await page.getByRole('alert').filter({ hasText: 'Your session is no longer valid.' }).waitFor()

    await dashboard.login()
    await eventually(() => dashboard.label()).toBe('Live')
  })
})

describe('dashboard', () => {
  it('grows its series to 300 points, in order and without a hole, and keeps it there', async () => {
    const { demo, dashboard } = await signedIn({ demo: { intervalMs: 10 } })
    await eventually(() => dashboard.count(), { timeout: 15_000 }).toBe(300)

    const before = await dashboard.series()
    await eventually(async () => (await dashboard.series()).at(-1)).not.toEqual(before.at(-1))
    const after = await dashboard.series()
    const steps = after.slice(1).map(({ percent }, i) => Math.round(percent * 10) - Math.round(after[i]!.percent * 10))
    expect(after).toHaveLength(300)
    expect(new Set(steps)).toEqual(new Set([1]))
    expect(await dashboard.count()).toBe(300)
    expect(demo.sockets).toBe(1)
  })

  it('shows every core and the memory', async () => {
    const { page } = await signedIn()
    await eventually(() => page.getByRole('meter', { name: /^Load of core/ }).count()).toBe(2)
    await page.getByRole('meter', { name: 'Memory in use' }).and(page.locator('[aria-valuenow="25"]')).waitFor()
  })

  it('stops and starts by the switch, and keeps what it has seen', async () => {
    const { demo, page, dashboard } = await signedIn()
    const live = page.getByRole('switch', { name: 'Live updates' })
    await eventually(() => dashboard.count()).toBeGreaterThan(5)

    await live.click()
    await eventually(() => dashboard.label()).toBe('Stopped')
    await eventually(() => demo.sockets).toBe(0)
    expect(await live.getAttribute('aria-checked')).toBe('false')
    expect(await dashboard.count()).toBeGreaterThan(5)

    await live.click()
    await eventually(() => dashboard.label()).toBe('Live')
    expect(demo.sockets).toBe(1)
  })

  it('closes the socket and forgets the live state on logout', async () => {
    const { demo, page, dashboard } = await signedIn()
    await eventually(() => dashboard.count()).toBeGreaterThan(5)
    await page.getByRole('button', { name: 'Log out' }).click()

    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await eventually(() => demo.sockets).toBe(0)
    expect(await dashboard.series()).toEqual([])
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
  })

  it.each([1280, 390])('moves nothing at a width of %i when figures grow', async (width) => {
    let percent = 3
    const machine = {
      sample: () => ({
        time: new Date().toISOString(),
        cpu: percent,
        cores: [percent, percent],
        memory: { used: percent * 1e9, total: 128e9 },
      }),
    }
    const { page, dashboard } = await signedIn({ demo: { machine }, context: { viewport: { width, height: 844 } } })
    await page.getByText('3.0 %').first().waitFor()
    const layout = await dashboard.layout()
    percent = 100
    await page.locator('#app').getByText('100.0 %').nth(2).waitFor()
    expect(await dashboard.layout()).toEqual(layout)
  })

  it('fits a phone, in the theme of the system or the one that is chosen', async () => {
    const { page, dashboard } = await signedIn({
      context: { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    })
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    expect(await background()).toBe('rgb(14, 17, 23)')

    await page.getByRole('button', { name: 'Use the light theme' }).click()
    expect(await background()).toBe('rgb(245, 246, 248)')
    await page.reload()
    await eventually(() => dashboard.label()).toBe('Live')
    expect(await background()).toBe('rgb(245, 246, 248)')
  })
})
