import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEAD_SERVER, launch, openPage } from '../../dashboard/test/support/browser.ts'
import { startDemo } from '../../dashboard/test/support/demo.ts'
import { eventually } from '../../dashboard/test/support/eventually.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

const PANELS = ['Dashboard', 'Legacy application', 'Monitor'] as const

async function setup() {
  const demo = await startDemo({ intervalMs: 20 })
  const start = await openPage(browser, {})
  await start.goto(demo.url)
  return { demo, start }
}

/** Follows a link of the start page in a page of its own, and signs in. */
async function openPanel(start: Page, name: string): Promise<Page> {
  const address = await start.getByRole('link', { name }).getAttribute('href')
  const page = await openPage(browser, { expected: [DEAD_SERVER] })
  await page.goto(new URL(address ?? '', start.url()).href)
  await page.getByLabel('User name').fill('demo')
  await page.getByLabel('Password').fill('demo')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await eventually(() => label(page)).toBe('Live')
  return page
}

const label = (page: Page): Promise<string> => page.locator('[data-part=label]').innerText()
const count = async (page: Page): Promise<number> => parseInt(await page.locator('[data-part=count]').innerText(), 10)

describe('the start page', () => {
  it('leads to every example', async () => {
    const { start } = await setup()
    for (const link of await start.getByRole('link').all()) {
      const address = new URL((await link.getAttribute('href')) ?? '', start.url())
      expect((await fetch(address)).status, address.pathname).toBe(200)
    }
    expect(await start.getByRole('link').count()).toBe(5)
  })

  it('leads to the same 300 points in Pinia, Vuex and dva, and killing the server heals all three', async () => {
    const { demo, start } = await setup()
    const panels = await Promise.all(PANELS.map((name) => openPanel(start, name)))
    for (const panel of panels) await eventually(() => count(panel), { timeout: 30_000 }).toBe(300)
    expect(demo.sockets).toBe(3)
    const { port } = demo
    await demo.kill()
    for (const panel of panels) await eventually(() => label(panel)).toMatch(/^Disconnected, reconnecting/)
    const again = await startDemo({ port, intervalMs: 20 })
    for (const panel of panels) await eventually(() => label(panel), { timeout: 20_000 }).toBe('Live')
    expect(again.sockets).toBe(3)
    for (const panel of panels) expect(await count(panel)).toBe(300)
  })
})
