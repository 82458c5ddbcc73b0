import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackages, launch, openWorld, type Scripted } from './browser-world.ts'

let browser: Browser

beforeAll(async () => {
  await buildPackages()
  browser = await launch()
})
afterAll(() => browser?.close())

const setup = () => openWorld(browser)

const eventually = <Value>(read: () => Value | Promise<Value>, timeout = 15_000) =>
  expect.poll(read, { timeout, interval: 25 })

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

describe('an outbox in IndexedDB', () => {
  it.each(['crash', 'close'] as const)(
    'F136 outlives the page (%s): what was in doubt and what was unsent is applied once, in order',
    async (end) => {
      const { proxy, said, open } = await setup()
      const page = await open()
      await page.say(...range(1, 5))
      await eventually(() => page.acked()).toHaveLength(5)
      proxy.blackhole('down')
      await page.say(...range(6, 10))
      await eventually(() => said()).toEqual(range(1, 10))
      proxy.blackhole('both')
      await page.say(...range(11, 15))
      await proxy.refuse()
      proxy.cut()
      await eventually(() => page.status()).not.toBe('open')
      await page.say(...range(16, 20))
      await eventually(() => page.kept()).toBe(15)
      await page[end]()

      await proxy.accept()
      const next = await open()
      await next.say('21')
      await eventually(() => next.acked()).toEqual(['21'])
      expect(said()).toEqual(range(1, 21))
      await eventually(() => next.kept()).toBe(0)
      expect(await next.problems()).toEqual([])
    },
  )

  it('F136 outlives a reload, and goes out with the first link after it', async () => {
    const { proxy, said, open } = await setup()
    await proxy.refuse()
    const page = await open()
    await page.say(...range(1, 5))
    await eventually(() => page.kept()).toBe(5)
    await proxy.accept()
    await page.reload()
    await eventually(() => said(), 5_000).toEqual(range(1, 5))
    await eventually(() => page.kept()).toBe(0)
  })

  it('F137 is sent by one page of two, and taken over when that ends', async () => {
    const { proxy, said, open } = await setup()
    await proxy.refuse()
    const [one, two] = [await open(), await open()]
    await one.say(...range(1, 20))
    await two.say(...range(101, 120))
    await eventually(() => one.kept()).toBe(40)
    expect(await one.locks()).toBe(2)
    await two.close()
    await eventually(() => one.locks()).toBe(1)
    const three = await open()
    await proxy.accept()
    await eventually(() => said().length).toBe(40)
    expect(said().filter((data) => Number(data) <= 20)).toEqual(range(1, 20))
    expect(said().filter((data) => Number(data) > 20)).toEqual(range(101, 120))
    await eventually(() => one.acked()).toEqual(range(1, 20))
    expect(await three.acked()).toEqual([])
    await eventually(() => three.kept()).toBe(0)
    expect(said()).toHaveLength(40)
  })

  it('F137 waits for a page in the back/forward cache, which lets go of its lock to get there', async () => {
    const { proxy, said, open } = await setup()
    const page = await open()
    await eventually(() => page.status()).toBe('open')
    await proxy.refuse()
    proxy.cut()
    await page.say('1', '2')
    await eventually(() => page.kept()).toBe(2)
    await page.leave()
    expect(await page.locks()).toBe(0)
    await page.back()
    await proxy.accept()
    await eventually(() => page.acked()).toEqual(['1', '2'])
    expect(said()).toEqual(['1', '2'])
    expect(await page.problems()).toEqual([])
  })

  it('F137 is not sent by a page that comes out of the back/forward cache, once another one has taken it on', async () => {
    const { proxy, said, open } = await setup()
    const page = await open()
    await eventually(() => page.status()).toBe('open')
    await proxy.refuse()
    proxy.cut()
    await page.say('1', '2')
    await eventually(() => page.kept()).toBe(2)
    await page.leave()
    const other = await open()
    await proxy.accept()
    await eventually(() => said()).toEqual(['1', '2'])
    await page.back()
    await page.say('3')
    await eventually(() => page.acked()).toEqual(['3'])
    await other.say('4')
    await eventually(() => other.acked()).toEqual(['4'])
    expect(said()).toEqual(['1', '2', '3', '4'])
  })

  it('F138 that takes no more holds nothing up, and is told once', async () => {
    const { said, open } = await setup()
    const page = await open()
    await eventually(() => page.status()).toBe('open')
    await page.page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    })
    await page.say(...range(1, 5))
    await page.say('6')
    await eventually(() => page.acked()).toEqual(range(1, 6))
    expect(said()).toEqual(range(1, 6))
    expect(await page.problems()).toEqual(['STORAGE'])
  })

  it('F138 that hangs holds a message up for a second, and later ones not at all', async () => {
    const { said, open, blank } = await setup()
    const page = await open()
    await page.say('0')
    await eventually(() => page.acked()).toEqual(['0'])
    // A transaction that never ends, in another page, keeps all others waiting.
    const other = await blank()
    await other.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open('statewire')
        opening.onsuccess = () => resolve(opening.result)
      })
      const store = database.transaction(['boxes', 'messages'], 'readwrite').objectStore('boxes')
      const again = (): void => void (store.count().onsuccess = again)
      again()
    })
    const started = Date.now()
    await page.say('1')
    await eventually(() => page.acked()).toEqual(['0', '1'])
    expect(Date.now() - started).toBeGreaterThan(900)
    expect(Date.now() - started).toBeLessThan(3_000)
    const later = Date.now()
    await page.say('2')
    await eventually(() => page.acked()).toEqual(['0', '1', '2'])
    expect(Date.now() - later).toBeLessThan(900)
    expect(await page.problems()).toEqual(['STORAGE'])
    expect(said()).toEqual(['0', '1', '2'])
    await other.close()
    await eventually(() => page.kept()).toBe(0)
  })

  it('F108 is done without where the browser has none, after one warning', async () => {
    const { context, said, open } = await setup()
    await context.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get() {
          throw new DOMException('blocked', 'SecurityError')
        },
      })
    })
    const page = await open()
    await page.say('1', '2')
    await eventually(() => page.acked()).toEqual(['1', '2'])
    expect(said()).toEqual(['1', '2'])
    expect(await page.problems()).toEqual(['STORAGE'])
  })

  it('F86 is deleted at sign-out, or waits for its user where it is parked; another one never sends it', async () => {
    const { proxy, said, open } = await setup()
    await proxy.refuse()
    const page = await open('ann')
    await page.say('gone')
    await eventually(() => page.kept()).toBe(1)
    await page.page.evaluate(() => (window as unknown as Scripted).page.client.signOut())
    await eventually(() => page.kept()).toBe(0)
    await page.close()

    const parking = await open('ann', true)
    await parking.say('parked')
    await eventually(() => parking.kept()).toBe(1)
    await parking.page.evaluate(() => (window as unknown as Scripted).page.client.signOut())
    await parking.close()
    await proxy.accept()
    const other = await open('ben')
    await other.say("ben's")
    await eventually(() => other.acked()).toEqual(["ben's"])
    expect(await other.kept()).toBe(1)
    await other.close()
    const back = await open('ann')
    await eventually(() => said('ann')).toEqual(['parked'])
    expect(said('ben')).toEqual(["ben's"])
    await eventually(() => back.kept()).toBe(0)
  })
})
