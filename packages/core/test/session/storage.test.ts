import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import type { ClientOptions } from '../../src/index.ts'
import { session } from '../../src/session/index.ts'
import { FakeDisk } from './fake-disk.ts'
import { ANNOUNCEMENT, codes, setup as setupClient, WELCOME } from './setup.ts'

interface PageOptions extends Partial<ClientOptions> {
  readonly park?: boolean
  readonly user?: string | null
}

/** A page whose client keeps its messages on a disk. */
function setup(disk = new FakeDisk(), { park = false, user = 'ann', ...options }: PageOptions = {}) {
  const page = disk.page()
  const world = setupClient({ session: session({ storage: page, park }), ...options })
  const { client, sent } = world
  if (user !== null) client.signIn(user)
  /** What was sent of messages: data and number. */
  const said = (): unknown[] =>
    sent()
      .filter(({ type }) => type === 'say' || type === 'sw.skip')
      .map(({ data, sw }) => [data ?? 'skip', (sw as { n?: number } | undefined)?.n])
  const hello = (): Record<string, unknown> =>
    sent().findLast(({ type }) => type === 'sw.hello')?.['sw'] as Record<string, unknown>
  return { ...world, disk, page, said, hello }
}

/** A page that ended with messages: `known` were sent and not acknowledged, `unsent` were not. */
async function crashed({ known = [] as string[], unsent = [] as string[] } = {}) {
  const before = setup()
  if (known.length > 0) {
    await before.welcome()
    for (const data of known) void before.client.send('say', data)
    await settle()
    before.network.last.drop(1006)
  }
  for (const data of unsent) void before.client.send('say', data)
  await settle()
  before.page.crash()
  return before
}

describe('an outbox that is kept', () => {
  it('keeps a message before it leaves, and forgets it when the server has it', async () => {
    const { client, disk, welcome, control, said } = setup()
    await welcome()
    const sending = client.send('say', 'a')
    expect(said()).toEqual([])
    await settle()
    expect(said()).toEqual([['a', 1]])
    expect(disk.kept).toEqual(['a'])
    expect([...disk.boxes.values()][0]?.messages.get(1)).toMatchObject({ n: 1, messageType: 'say' })
    control('sw.ack', { rx: 1 })
    await sending
    await settle()
    expect(disk.kept).toEqual([])
  })

  it('writes once for all that is sent in one task', async () => {
    const { client, disk, welcome, control, said } = setup()
    await welcome()
    for (let i = 1; i <= 50; i++) void client.send('say', i)
    await settle()
    expect(said()).toHaveLength(50)
    expect(disk.writes).toBe(1)
    control('sw.ack', { rx: 50 })
    await settle()
    expect(disk.writes).toBe(2)
  })

  it('F136 sends again what a crashed page had on its way, as the same client and with the same numbers', async () => {
    const before = await crashed({ known: ['a', 'b'] })
    const { welcome, hello, said, control, client, disk } = setup(before.disk)
    const sending = client.send('say', 'c')
    await welcome({ sid: 's2', rx: 1 })
    expect(hello()).toMatchObject({ v: 1, cid: before.hello()['cid'], tx: 1, sid: 's1' })
    expect(hello()).not.toHaveProperty('cursor')
    expect(said()).toEqual([
      ['b', 2],
      ['c', 3],
    ])
    control('sw.ack', { rx: 3 })
    await sending
    await settle()
    expect(disk.kept).toEqual([])
  })

  it('F136 sends what a crashed page never could, in its order and before anything new', async () => {
    const before = await crashed({ unsent: ['a', 'b'] })
    const { welcome, said, client } = setup(before.disk)
    void client.send('say', 'c')
    await welcome({ rx: undefined })
    expect(said()).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
  })

  it('F136 finds what a page kept that was still there when this one began', async () => {
    const before = setup()
    void before.client.send('say', 'a')
    await settle()
    const { welcome, said } = setup(before.disk)
    await settle()
    before.page.crash()
    await welcome({ rx: undefined })
    expect(said()).toEqual([['a', 1]])
  })

  it('F136 lets nothing leave before a second page would know of the new session', async () => {
    const before = await crashed({ known: ['a'] })
    const { welcome, said, disk } = setup(before.disk)
    await settle()
    disk.mood = 'hanging'
    await welcome({ sid: 's2' })
    expect(said()).toEqual([])
    disk.recover()
    await settle()
    expect(said()).toEqual([['a', 1]])
    expect([...disk.boxes.values()][0]?.identity).toMatchObject({ sid: 's2' })
  })

  it('F136 gives no number twice that a crashed page gave to a request', async () => {
    const before = setup()
    await before.welcome()
    void before.client.send('say', 'a')
    before.client.request('ask', 1).catch(() => {})
    await settle()
    expect(before.disk.kept).toEqual(['a'])
    before.page.crash()

    const { welcome, said, client } = setup(before.disk)
    void client.send('say', 'b')
    await welcome({ rx: 2 })
    expect(said()).toEqual([['b', 3]])
  })

  it('F136 settles a number that a crashed page gave to a request in between', async () => {
    const before = setup()
    await before.welcome()
    void before.client.send('say', 'a')
    before.client.request('ask', 1).catch(() => {})
    void before.client.send('say', 'b')
    await settle()
    before.page.crash()

    const { welcome, said } = setup(before.disk)
    await welcome({ rx: 0 })
    expect(said()).toEqual([
      ['a', 1],
      ['skip', 2],
      ['b', 3],
    ])
  })

  it('F136 loses nothing where what a crashed page left fills the outbox, and a listener of highWater sends', async () => {
    const before = await crashed({ known: ['a', 'b', 'c'] })
    const between = setup(before.disk, { outbox: { capacity: 5 } })
    between.client.on('highWater', () => void between.client.send('say', 'told'))
    void between.client.send('say', 'own')
    await between.welcome({ rx: 0 })
    const all = ['a', 'b', 'c', 'own', 'told'].map((data, index) => [data, index + 1])
    expect(between.said()).toEqual(all)
    between.page.crash()
    const { welcome, said } = setup(before.disk)
    await welcome({ rx: 0 })
    expect(said()).toEqual(all)
  })

  it('F136 sends in order of the numbers what was kept after what is younger', async () => {
    const before = setup()
    const link = await before.open()
    link.bufferedBytes = 2_000_000
    void before.client.send('say', 'a')
    await before.drop()
    void before.client.send('say', 'b')
    await before.welcome()
    expect(before.said()).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    before.page.crash()
    const { welcome, said } = setup(before.disk)
    await welcome({ rx: 0 })
    expect(said()).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it('F142 reports what a server without memory may have twice', async () => {
    const before = await crashed({ known: ['a'] })
    const { welcome, said, problems } = setup(before.disk)
    await welcome({ rx: undefined })
    expect(said()).toEqual([['a', 1]])
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['MAYBE_DUPLICATE', { messageTypes: ['say'] }],
    ])
  })

  it('reports what expired while no page was there, and does not send it', async () => {
    const before = await crashed({ unsent: ['a'] })
    const page = setup(before.disk, { outbox: { maxAgeMs: 1_000 } })
    void page.client.send('say', 'b')
    await settle()
    page.page.crash()
    const { clock, client, welcome, said, problems } = setup(before.disk, { user: null })
    clock.advance(1_001)
    client.signIn('ann')
    await welcome({ rx: undefined })
    expect(said()).toEqual([['a', 1]])
    expect(codes(problems)).toEqual(['EXPIRED'])
  })

  it('hands what was never sent to a plain server once, and reports what it may have as lost', async () => {
    const before = await crashed({ known: ['a'], unsent: ['b'] })
    const { open, said, problems, disk } = setup(before.disk)
    await open()
    await settle()
    expect(said()).toEqual([['b', undefined]])
    expect(codes(problems)).toEqual(['LOST'])
    expect(disk.kept).toEqual([])
  })

  it('hands nothing to a plain server that whoever adopts the box would find there', async () => {
    const { client, disk, open, said } = setup()
    void client.send('say', 'a')
    await settle()
    disk.mood = 'hanging'
    await open()
    await settle()
    expect(said()).toEqual([])
    disk.recover()
    await settle()
    expect(disk.kept).toEqual([])
    expect(said()).toEqual([['a', undefined]])
  })

  it('keeps no requests, no volatile messages, and nothing of nobody', async () => {
    const { client, disk, welcome } = setup()
    await welcome()
    client.request('ask', 1).catch(() => {})
    await client.send('say', 'now', { volatile: true })
    await settle()
    expect(disk.kept).toEqual([])

    const nobody = setup(disk, { user: null })
    void nobody.client.send('say', 'a')
    await settle()
    expect(disk.kept).toEqual([])
  })

  it('keeps what was sent before the user signed in, from then on', async () => {
    const { client, disk } = setup(undefined, { user: null })
    void client.send('say', 'a')
    client.signIn('ann')
    await settle()
    expect(disk.kept).toEqual(['a'])
  })

  it('forgets what is taken back', async () => {
    const { client, disk } = setup()
    const abort = new AbortController()
    client.send('say', 'a', { signal: abort.signal }).catch(() => {})
    void client.send('say', 'b')
    await settle()
    abort.abort()
    await settle()
    expect(disk.kept).toEqual(['b'])
  })

  it('names the outbox by client, address and user, and by nothing of the URL that may be secret', async () => {
    const { client, disk } = setup(undefined, { url: async () => 'wss://ann:pw@example.org/live?token=t#x', user: '7' })
    void client.send('say', 'a')
    await settle()
    expect([...disk.boxes.values()].map(({ owner }) => owner)).toEqual(['["default","wss://example.org/live","7"]'])
  })

  it('leaves what is kept to the next client when it is disposed of', async () => {
    const { client, disk } = setup()
    const sending = client.send('say', 'a')
    client.dispose()
    await expect(sending).rejects.toMatchObject({ code: 'CLOSED' })
    const next = setup(disk)
    await next.welcome({ rx: undefined })
    expect(next.said()).toEqual([])
    void next.client.send('say', 'b')
    await settle()
    next.client.dispose()
    await settle()
    expect(disk.kept).toEqual(['b'])
    expect(disk.holders.size).toBe(0)
  })
})

describe('two pages with kept outboxes', () => {
  it('F137 each send their own, as different clients', async () => {
    const one = setup()
    void one.client.send('say', 'a')
    await settle()
    const two = setup(one.disk)
    void two.client.send('say', 'b')
    await one.welcome()
    await two.welcome()
    expect(one.said()).toEqual([['a', 1]])
    expect(two.said()).toEqual([['b', 1]])
    expect(one.hello()['cid']).not.toBe(two.hello()['cid'])
  })

  it('F137 a page that another one has relieved of its messages does not send them, and goes on as another client', async () => {
    const { client, disk, page, welcome, drop, open, control, said, hello, settle } = setup()
    await welcome()
    const kept = client.send('say', 'a')
    await settle()
    const { cid } = hello()
    page.crash() // in effect: it was put aside, and its lock is gone
    const other = setup(disk)
    await settle()
    // What it does works again, as of a page that comes back.
    Object.assign(page, { access: async () => {} })
    await drop()
    await open(ANNOUNCEMENT)
    await expect(kept).rejects.toMatchObject({ code: 'LOST' })
    expect(hello()['cid']).not.toBe(cid)
    expect(other.client.state.status).toBe('idle')
    control('sw.welcome', { v: 1 })
    expect(said()).toEqual([])
  })
})

describe('a page whose outbox is empty', () => {
  it('F137 sends what other pages left, one after the other, and misses nothing that is sent to it', async () => {
    const { disk, client, welcome, clock, network, hello, said, control, sent } = setup()
    await welcome({ cursor: { epoch: 'p1', offset: 4 } })
    const { cid } = hello()
    const orphans = [setup(disk), setup(disk)]
    for (const [index, orphan] of orphans.entries()) {
      void orphan.client.send('say', `orphan ${index}`)
      await settle()
      orphan.page.crash()
    }
    for (const [index, data] of ['orphan 0', 'orphan 1'].entries()) {
      clock.advance(29_999)
      await settle()
      expect(client.state.status).toBe('open')
      clock.advance(1)
      await settle()
      clock.advance(0)
      await settle()
      network.last.accept()
      network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
      await settle()
      expect(hello()).toMatchObject({ tx: 1, sid: 's1', cursor: { epoch: 'p1', offset: 4 } })
      expect(hello()['cid']).not.toBe(cid)
      expect(orphans[index]?.problems).toEqual([])
      control('sw.welcome', { ...WELCOME, st: 'resumed', rx: undefined })
      await settle()
      expect(said()).toEqual([[data, 1]])
      control('sw.ack', { rx: 1 })
      await settle()
    }
    expect(disk.kept).toEqual([])
    void client.send('say', 'own')
    await settle()
    expect(sent().at(-1)).toEqual({ type: 'say', data: 'own', sw: { n: 2 } })
  })

  it('leaves boxes alone while it waits for something itself', async () => {
    const { disk, client, open, control, clock } = setup()
    await open({ v: [1], heartbeat: { mode: 'watch', everyMs: 600_000, withinMs: 1_000 } })
    control('sw.welcome', WELCOME)
    await settle()
    const orphan = setup(disk)
    void orphan.client.send('say', 'a')
    await settle()
    orphan.page.crash()
    client.request('ask', 1, { timeoutMs: 60_000 }).catch(() => {})
    control('sw.ack', { rx: 1 })
    clock.advance(59_999)
    await settle()
    expect(client.state.status).toBe('open')
    expect(disk.holders.size).toBe(1)
    clock.advance(30_000)
    await settle()
    expect(client.state.status).not.toBe('open')
  })
})

describe('a storage that does not work', () => {
  it('F138 holds a message back no longer than it takes to fail, and tells it once', async () => {
    const { client, disk, welcome, control, said, problems } = setup()
    await welcome()
    disk.mood = 'failing'
    const sending = [client.send('say', 'a'), client.send('say', 'b')]
    await settle()
    void client.send('say', 'c')
    await settle()
    expect(said()).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    control('sw.ack', { rx: 3 })
    await Promise.all(sending)
    expect(codes(problems)).toEqual(['STORAGE'])
    expect(problems[0]?.cause).toMatchObject({ message: 'no room left' })
  })

  it('F138 holds a message back for a second at most, and later ones not at all while it hangs', async () => {
    const { client, disk, clock, welcome, said, problems } = setup()
    await welcome()
    disk.mood = 'hanging'
    void client.send('say', 'a')
    await settle()
    clock.advance(999)
    await settle()
    expect(said()).toEqual([])
    clock.advance(1)
    await settle()
    expect(said()).toEqual([['a', 1]])
    void client.send('say', 'b')
    await settle()
    expect(said()).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(codes(problems)).toEqual(['STORAGE'])
    expect(disk.writes).toBe(1)
    disk.recover()
    await settle()
    expect(disk.kept).toEqual(['a', 'b'])
  })

  it('F138 forgets, once it takes something again, what was outdated and what was settled meanwhile', async () => {
    const { client, disk, welcome, control } = setup()
    for (const data of ['outdated', 'settled']) void client.send('say', data)
    await settle()
    disk.mood = 'failing'
    await welcome()
    expect(disk.kept).toEqual(['outdated', 'settled'])
    control('sw.ack', { rx: 2 })
    await settle()
    disk.recover()
    void client.send('say', 'new')
    await settle()
    expect(disk.kept).toEqual(['new'])
  })

  it('F138 forgets what it refused to forget', async () => {
    const { client, disk, welcome, control } = setup()
    await welcome()
    void client.send('say', 'a')
    await settle()
    disk.mood = 'failing'
    control('sw.ack', { rx: 1 })
    await settle()
    expect(disk.kept).toEqual(['a'])
    disk.recover()
    void client.send('say', 'new')
    await settle()
    expect(disk.kept).toEqual(['new'])
  })

  it('F138 keeps the connection waiting for a second at most', async () => {
    const disk = new FakeDisk()
    disk.mood = 'hanging'
    const { clock, open, control, client, hello, problems } = setup(disk)
    await open(ANNOUNCEMENT)
    expect(hello()).toBeUndefined()
    expect(client.state.status).toBe('recovering')
    clock.advance(1_000)
    await settle()
    expect(hello()).toMatchObject({ tx: 1 })
    control('sw.welcome', {
      v: 1,
      sid: 's1',
      st: 'new',
      cursor: { epoch: 'p', offset: 0 },
      ttlMs: 1,
      dedupeMs: 1,
      durable: true,
    })
    expect(client.state.status).toBe('open')
    expect(codes(problems)).toEqual(['STORAGE'])
    disk.recover()
    await settle()
    expect(disk.holders.size).toBe(0)
  })

  it('F108 is done without after one warning', async () => {
    const disk = new FakeDisk()
    disk.mood = 'failing'
    const { client, welcome, control, said, problems } = setup(disk)
    const sending = client.send('say', 'a')
    await welcome()
    expect(said()).toEqual([['a', 1]])
    control('sw.ack', { rx: 1 })
    await sending
    expect(problems.map(({ code, details }) => [code, details])).toEqual([['STORAGE', { problem: 'cannot be opened' }]])
  })
})

describe('options of a kept outbox', () => {
  it.each([
    [{ storage: {} }, 'session.storage.adopt'],
    [{ storage: { adopt() {}, create() {} } }, 'session.storage.clear'],
    [{ storage: null }, 'session.storage.adopt'],
    [{ park: 1 }, 'session.park'],
    [{ store: 1 }, 'session.store'],
  ])('are checked (%j)', (options, option) => {
    expect(() => session(options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option }) as unknown }),
    )
  })
})

describe('users of a kept outbox', () => {
  it('F86 leave nothing behind when they sign out, not even of pages before', async () => {
    const before = await crashed({ unsent: ['a'] })
    const other = setup(before.disk)
    void other.client.send('say', 'b')
    await settle()
    const { client, disk } = setup(before.disk)
    void client.send('say', 'c')
    await settle()
    expect(disk.kept).toEqual(['a', 'b', 'c'])
    other.page.crash()
    client.signOut()
    await settle()
    expect(disk.kept).toEqual([])
  })

  it('F86 never send what another one left, and find their own again where it is parked', async () => {
    const { client, disk, welcome, said, hello } = setup(undefined, { park: true })
    const sending = client.send('say', "ann's")
    await settle()
    client.signIn('ben')
    await expect(sending).rejects.toMatchObject({ code: 'CLOSED' })
    void client.send('say', "ben's").catch(() => {})
    await welcome()
    expect(said()).toEqual([])
    const { cid } = hello()
    expect(disk.kept).toEqual(["ann's"])
    client.signIn('ann')
    await welcome({ sid: 's2' })
    expect(said()).toEqual([["ann's", 1]])
    expect(hello()['cid']).not.toBe(cid)
  })

  it('F86 take their messages along when another one signs in, where nothing is parked', async () => {
    const { client, disk } = setup()
    void client.send('say', "ann's")
    await settle()
    client.signIn('ben')
    await settle()
    expect(disk.kept).toEqual([])
  })

  it('F86 leave nothing behind when they sign out before the storage has answered', async () => {
    const before = await crashed({ unsent: ['a'] })
    const { client, disk } = setup(before.disk)
    client.signOut()
    await settle()
    expect(disk.kept).toEqual([])
    expect(disk.holders.size).toBe(0)
  })
})
