import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import type { KeptMessage, OutboxBox, OutboxStorage } from '@statewire/core/session'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { indexedDbStorage } from '../src/index.ts'
import { FakeLocks } from './fake-locks.ts'

afterEach(() => vi.unstubAllGlobals())

/** A browser with an empty database; `page` makes further pages. */
function setup(name = 'statewire') {
  vi.stubGlobal('indexedDB', new IDBFactory())
  const locks = new FakeLocks()
  const events = new EventTarget()
  vi.stubGlobal('window', events)
  /** What is done within is done by this page. */
  const use = (own: FakeLocks): void => void vi.stubGlobal('navigator', { locks: own })
  use(locks)
  const page = (): { storage: OutboxStorage; locks: FakeLocks } => {
    const own = locks.otherPage()
    use(own)
    return { storage: indexedDbStorage({ name }), locks: own }
  }
  const hide = (persisted: boolean): void =>
    void events.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }))
  return { ...page(), page, use, hide }
}

const message = (seq: number, rest: Partial<KeptMessage> = {}): KeptMessage => ({
  seq,
  messageType: 'say',
  frame: `frame ${seq}`,
  expiresAt: Infinity,
  ...rest,
})

const put = (box: OutboxBox, ...messages: KeptMessage[]): Promise<void> =>
  box.write({ identity: { cid: 'c1' }, put: messages, removed: [] })

describe('indexedDbStorage', () => {
  it('gives a page what another one left: the identity, and the messages in order', async () => {
    const { storage, locks, page } = setup()
    const box = await storage.create('ann')
    expect(box.content).toBeUndefined()
    await put(box, message(2), message(1, { n: 7, topic: 'room' }), message(10))
    await box.write({ identity: { cid: 'c1', sid: 's1' }, put: [message(2, { n: 8 })], removed: [10] })
    locks.crash()
    const adopted = await page().storage.adopt('ann')
    expect(adopted?.content?.identity).toEqual({ cid: 'c1', sid: 's1' })
    expect(adopted?.content?.messages).toMatchObject([message(1, { n: 7, topic: 'room' }), message(2, { n: 8 })])
  })

  it('F137 gives a box to one page at a time', async () => {
    const { storage, locks, page } = setup()
    await put(await storage.create('ann'), message(1))
    const [two, three] = [page(), page()]
    expect(await two.storage.adopt('ann')).toBeUndefined()
    locks.crash()
    const taken = await Promise.all([two.storage.adopt('ann'), three.storage.adopt('ann')])
    expect(taken.filter((box) => box !== undefined)).toHaveLength(1)
  })

  it('gives boxes of this owner only, the oldest first, and each once', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000 })
    const { storage, locks, page } = setup()
    for (const [owner, frame] of [
      ['ann', 'first'],
      ['ben', 'other'],
      ['ann', 'second'],
    ] as const) {
      await put(await storage.create(owner), message(1, { frame }))
      vi.advanceTimersByTime(1)
    }
    locks.crash()
    const next = page().storage
    const frames = [await next.adopt('ann'), await next.adopt('ann'), await next.adopt('ann')].map(
      (box) => box?.content?.messages[0]?.frame,
    )
    vi.useRealTimers()
    expect(frames).toEqual(['first', 'second', undefined])
  })

  it('keeps nothing of a box before its first message, and deletes one that is empty', async () => {
    const { storage, locks, page } = setup()
    const unused = await storage.create('ann')
    const emptied = await storage.create('ann')
    await put(emptied, message(1))
    await emptied.write({ identity: { cid: 'c1' }, put: [], removed: [1] })
    expect(unused.content).toBeUndefined()
    expect(await records()).toEqual({ boxes: 1, messages: 0 })
    locks.crash()
    expect(await page().storage.adopt('ann')).toBeUndefined()
    expect(await records()).toEqual({ boxes: 0, messages: 0 })
  })

  it('deletes what expired with users who did not come back', async () => {
    const { storage, locks, page } = setup()
    await put(await storage.create('ben'), message(1, { expiresAt: Date.now() - 1 }))
    await put(await storage.create('ben'), message(1, { expiresAt: Date.now() + 60_000 }))
    locks.crash()
    expect(await page().storage.adopt('ann')).toBeUndefined()
    expect(await records()).toEqual({ boxes: 1, messages: 1 })
  })

  it('deletes a box, and the boxes of an owner that no page has', async () => {
    const { storage, locks, page } = setup()
    const own = await storage.create('ann')
    await put(own, message(1))
    const { storage: other } = page()
    await put(await other.create('ann'), message(1))
    locks.crash()
    await other.clear('ann')
    expect(await records()).toEqual({ boxes: 1, messages: 1 })
    const mine = await other.create('ann')
    await put(mine, message(1), message(2))
    await mine.delete()
    expect(await records()).toEqual({ boxes: 1, messages: 1 })
    expect(await mine.hold()).toBe(false)
  })

  it('lets go of a box whose page is put aside, and takes it again when nobody did meanwhile', async () => {
    const { storage, locks, hide } = setup()
    const box = await storage.create('ann')
    await put(box, message(1))
    hide(false)
    await turn()
    expect(locks.held).toHaveLength(1)
    hide(true)
    await turn()
    expect(locks.held).toEqual([])
    expect(await box.hold()).toBe(true)
    expect(locks.held).toHaveLength(1)
    box.release()
    await turn()
    expect(locks.held).toEqual([])
  })

  it('F137 does not give a box back to a page that was put aside, once another one has had it', async () => {
    const { storage, locks, hide, page, use } = setup()
    const box = await storage.create('ann')
    await put(box, message(1))
    hide(true)
    await turn()
    const other = page()
    const adopted = await other.storage.adopt('ann')
    expect(adopted).toBeDefined()
    use(locks)
    expect(await box.hold()).toBe(false)
    use(other.locks)
    adopted?.release()
    await turn()
    use(locks)
    expect(await box.hold()).toBe(false)
    await expect(put(box, message(2))).rejects.toThrow('Another page has taken the messages over')
    expect(await records()).toEqual({ boxes: 1, messages: 1 })
  })

  it('goes on after somebody else wanted to delete the database', async () => {
    const { storage } = setup('mine')
    const box = await storage.create('ann')
    await new Promise((resolve) => {
      indexedDB.deleteDatabase('mine').onsuccess = resolve
    })
    await put(box, message(1))
    expect(await records('mine')).toEqual({ boxes: 1, messages: 1 })
  })

  it('F108 rejects where the browser keeps nothing', async () => {
    const { storage } = setup()
    vi.stubGlobal('navigator', {})
    await expect(storage.create('ann')).rejects.toThrow('There are no Web Locks here')
    const blocked = {
      open: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    }
    vi.stubGlobal('indexedDB', blocked)
    await expect(indexedDbStorage().adopt('ann')).rejects.toThrow('denied')
    await expect(indexedDbStorage().clear('ann')).rejects.toThrow('denied')
  })

  it('F138 rejects when the database cannot take a message, and keeps what it had', async () => {
    const { storage } = setup()
    const box = await storage.create('ann')
    await put(box, message(1))
    await expect(put(box, message(2), message(3, { frame: (() => {}) as unknown as string }))).rejects.toThrow()
    expect(await records()).toEqual({ boxes: 1, messages: 1 })
  })

  it('refuses a name that is none', () => {
    expect(() => indexedDbStorage({ name: '' })).toThrow(TypeError)
    expect(() => indexedDbStorage({ name: 1 as unknown as string })).toThrow(TypeError)
  })
})

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** How many records there are. */
async function records(name = 'statewire'): Promise<{ boxes: number; messages: number }> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => resolve(opening.result)
  })
  const count = (store: string): Promise<number> =>
    new Promise((resolve) => {
      const counting = database.transaction(store).objectStore(store).count()
      counting.onsuccess = () => resolve(counting.result)
    })
  const counts = { boxes: await count('boxes'), messages: await count('messages') }
  database.close()
  return counts
}
