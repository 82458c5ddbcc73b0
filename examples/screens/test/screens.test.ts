import type { Browser, BrowserContextOptions } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, openPage, DEAD_SERVER } from '../../dashboard/test/support/browser.ts'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { startScreens } from './support/screens.ts'
import { Wall } from './support/wall.ts'

/** A word that each chart has only when its own data is drawn. */
const WORDS = {
  trend: 'North',
  map: 'London',
  seller: 'Alder & Finch',
  rank: 'DE',
  hot: 'Kitchen',
  stock: '81 %',
}
const NAMES = Object.keys(WORDS) as (keyof typeof WORDS)[]

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** A server and windows that are live, each with a storage of its own. */
async function setup({ windows = 2, context = {} }: { windows?: number; context?: BrowserContextOptions } = {}) {
  const screens = await startScreens()
  const openWall = async (): Promise<Wall> => {
    const page = await openPage(browser, {
      context: { viewport: { width: 1280, height: 860 }, colorScheme: 'light', ...context },
      expected: [DEAD_SERVER],
    })
    const wall = new Wall(page)
    await wall.open(screens.url)
    await eventually(() => wall.label()).toBe('Live')
    return wall
  }
  const walls: Wall[] = []
  while (walls.length < windows) walls.push(await openWall())
  return { screens, walls, openWall }
}

describe('S13 the page of the screens', () => {
  it('S13 draws all six charts from what the socket brings', async () => {
    const { walls } = await setup({ windows: 1 })
    for (const name of NAMES) await eventually(() => walls[0]!.words(name)).toContain(WORDS[name])
  })

  it('S13 fills the other window with the chart that fills one, and gives it back', async () => {
    const { walls } = await setup()
    const [one, other] = walls as [Wall, Wall]
    const layout = await other.layout()

    await one.toggle('hot')
    await eventually(() => other.full()).toEqual(['hot'])
    expect(await one.full()).toEqual(['hot'])
    expect(await other.layout(), 'of all that lies behind').toEqual(layout)

    await other.page.keyboard.press('Escape')
    await eventually(() => one.full()).toEqual([])
    expect(await other.full()).toEqual([])
  })

  it('S13 paints the other window in the theme that is chosen in one, its charts too', async () => {
    const { walls, openWall } = await setup()
    const [one, other] = walls as [Wall, Wall]
    await eventually(() => other.theme()).toEqual(['light', 'light'])

    await one.toggleTheme()
    for (const wall of [other, one]) await eventually(() => wall.theme()).toEqual(['dark', 'dark'])
    const late = await openWall()
    await eventually(() => late.theme()).toEqual(['dark', 'dark'])

    await late.toggleTheme()
    for (const wall of [one, other]) await eventually(() => wall.theme()).toEqual(['light', 'light'])
  })

  it('S13 heals both windows after a restart of the server: no reload, fresh figures, still together', async () => {
    const { screens, walls } = await setup()
    const [one, other] = walls as [Wall, Wall]
    const layout = await one.layout()
    const asked: string[] = []
    for (const { page } of walls) {
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(String(payload))))
    }
    for (const wall of walls) await wall.mark()

    await screens.kill()
    for (const wall of walls) await eventually(() => wall.label()).toMatch(/^Connection lost, reconnecting/)
    expect(await one.layout()).toEqual(layout)
    expect(await one.words('hot'), 'kept through the outage').toContain('Kitchen')
    // Clicked while nobody can hear it: it waits for the server.
    await one.toggleTheme()

    const restarted = await startScreens({ port: screens.port })
    for (const wall of walls) await eventually(() => wall.label(), { timeout: 20_000 }).toBe('Live')
    await eventually(() => other.theme()).toEqual(['dark', 'dark'])
    for (const name of NAMES) {
      await eventually(() => asked.filter((frame) => frame.includes(`"socketType":"${name}Data"`))).toHaveLength(2)
    }
    await other.toggle('map')
    await eventually(() => one.full()).toEqual(['map'])
    expect(restarted.sockets).toBe(2)
    expect(await Promise.all(walls.map((wall) => wall.isMarked()))).toEqual([true, true])
  })

  it('S13 leads back to the sign-in when the server no longer accepts the token', async () => {
    const { screens, walls } = await setup({ windows: 1 })
    await screens.kill()
    await startScreens({ port: screens.port, secret: 'another' })
    await walls[0]!.page
      .getByRole('alert')
      .filter({ hasText: 'Your session is no longer valid.' })
      .waitFor({ timeout: 20_000 })
  })

  it('S13 fits a phone, and moves nothing there whatever the banner says', async () => {
    const { screens, walls } = await setup({ windows: 1, context: { viewport: { width: 390, height: 844 } } })
    const wall = walls[0]!
    expect(await wall.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    const layout = await wall.layout()
    await screens.kill()
    await eventually(() => wall.label()).toMatch(/^Connection lost, reconnecting/)
    expect(await wall.layout()).toEqual(layout)
    await wall.toggle('stock')
    await eventually(() => wall.full()).toEqual(['stock'])
  })
})
