import { createFaultProxy } from '@statewire/testing/node'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from './support/eventually.ts'
import { launch, openPage, DEAD_SERVER } from './support/browser.ts'
import { Dashboard } from './support/dashboard.ts'
import { startDemo } from './support/demo.ts'

/** The page's own: the server's interval of 5 s, and 5 s more. */
const HEARTBEAT_LIMIT_MS = 10_000

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** A signed-in, live page, opened through a proxy, that notes what its badge says. */
async function setup({ width = 1280 } = {}) {
  const demo = await startDemo()
  const proxy = await createFaultProxy({ target: { port: demo.port } })
  onTestFinished(() => proxy.close())
  const page = await openPage(browser, { context: { viewport: { width, height: 844 } }, expected: [DEAD_SERVER] })
  // Every wait near its upper bound: as long in each run, and long enough to be read.
  await page.addInitScript(() => (Math.random = () => 0.9))
  const dashboard = new Dashboard(page, `http://127.0.0.1:${proxy.port}`)
  await dashboard.open()
  await dashboard.login()
  await eventually(() => dashboard.label()).toBe('Live')
  // Open for a useful second: from here on attempts count from one.
  await eventually(() => dashboard.seconds()).toBeGreaterThan(1.2)
  await dashboard.record()
  return { demo, proxy, page, dashboard }
}

describe('a page whose server dies', () => {
  it('is live again by itself after a restart: no reload, one socket, an old series that goes on', async () => {
    const { demo, dashboard } = await setup()
    await demo.kill()
    await expect
      .poll(() => dashboard.label())
      .toMatch(/^(Disconnected, reconnecting in \d+ s|Reconnecting) \(attempt \d\)$/)
    const before = await dashboard.series()

    const restarted = await startDemo({ port: demo.port })
    await eventually(() => dashboard.label(), { timeout: 15_000 }).toBe('Live')
    await eventually(async () => (await dashboard.series()).length).toBeGreaterThan(before.length)
    expect((await dashboard.series()).slice(0, before.length)).toEqual(before)
    expect(restarted.sockets).toBe(1)
    expect(await dashboard.said(), 'gone after a reload').toBeDefined()
  })

  it.each([1280, 390])('moves nothing at a width of %i, whatever the badge says', async (width) => {
    const { demo, dashboard } = await setup({ width })
    const layout = await dashboard.layout()
    await demo.kill()
    await eventually(() => dashboard.label()).toMatch(/^Disconnected/)
    expect(await dashboard.layout()).toEqual(layout)
  })

  it('asks the user after five failed attempts, and tries again when told to', async () => {
    const { demo, proxy, page, dashboard } = await setup()
    const layout = await dashboard.layout()
    let attempts = 0
    page.on('websocket', () => attempts++)
    await proxy.refuse()
    proxy.cut()

    const tryAgain = page.getByRole('button', { name: 'Try again' })
    await tryAgain.waitFor({ timeout: 25_000 })
    expect(await dashboard.label()).toBe('Gave up')
    expect(await dashboard.announcement()).toBe('Gave up. The server cannot be reached. Try again?')
    expect(await dashboard.layout()).toEqual(layout)
    expect(attempts).toBe(5)

    await proxy.accept()
    await page.waitForTimeout(1_500)
    expect(attempts, 'not before it is told to').toBe(5)
    await tryAgain.click()
    await eventually(() => dashboard.label()).toBe('Live')
    await eventually(() => demo.sockets).toBe(1)
  })

  it('counts the seconds down to its next attempt, but does not read each of them aloud', async () => {
    const { demo, page, dashboard } = await setup()
    await demo.kill()
    const seconds = [4, 3, 2].map((left) => `Disconnected, reconnecting in ${left} s (attempt 3)`)
    const countdown = async () => ((await dashboard.said()) ?? []).filter(({ label }) => seconds.includes(label))
    await page.getByRole('button', { name: 'Retry now' }).waitFor()
    await eventually(async () => new Set((await countdown()).map(({ label }) => label)), { timeout: 20_000 }).toEqual(
      new Set(seconds),
    )
    const spoken = new Set((await countdown()).map(({ announcement }) => announcement))
    expect(spoken.size).toBe(1)
  })
})

describe('a page that is cut off without a close frame', () => {
  it('says so within the heartbeat limit, and heals', async () => {
    const { demo, proxy, dashboard } = await setup()
    proxy.blackhole()
    const cutAt = Date.now()

    await expect
      .poll(() => dashboard.said(), { timeout: HEARTBEAT_LIMIT_MS + 5_000 })
      .toContainEqual(
        expect.objectContaining({
          label: expect.stringMatching(/^Disconnected, reconnecting in \d+ s \(attempt 1\)$/),
          detail: 'The server went silent.',
        }),
      )
    const saidAfterMs = Date.now() - cutAt
    expect(saidAfterMs).toBeGreaterThan(HEARTBEAT_LIMIT_MS - 1_000)
    expect(saidAfterMs).toBeLessThan(HEARTBEAT_LIMIT_MS + 2_000)

    await eventually(() => dashboard.label()).toBe('Live')
    const count = (await dashboard.series()).length
    await eventually(async () => (await dashboard.series()).length).toBeGreaterThan(count)
    // The server finds its side of the dead link by its own heartCheck.
    await eventually(() => demo.sockets, { timeout: 20_000 }).toBe(1)
  })
})

describe('a page that is not left after all', () => {
  it('F103 the user cancels leaving: live as before, on the same socket', async () => {
    const { demo, page, proxy, dashboard } = await setup()
    const links = proxy.accepted
    await page.evaluate(() => addEventListener('beforeunload', (event) => event.preventDefault()))
    const asked = page.waitForEvent('dialog')
    const leaving = page.close({ runBeforeUnload: true })
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    await leaving
    const count = await dashboard.count()
    await eventually(() => dashboard.count()).toBeGreaterThan(count)
    expect((await dashboard.said())?.map(({ label }) => label).filter((label) => label !== 'Live')).toEqual([])
    expect([demo.sockets, proxy.accepted]).toEqual([1, links])
  })
})
