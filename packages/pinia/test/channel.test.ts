import { append, latest } from '@statewire/core'
import { snapshot } from '@statewire/core/session'
import { createPinia, defineStore, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { connected } from '../../core/test/session/setup.ts'
import { fromChannel, piniaStatewire } from '../src/index.ts'
import { createHeadlessApp } from './setup.ts'

async function setup() {
  const world = await connected()
  const pinia = createPinia().use(piniaStatewire(world.client))
  const app = createHeadlessApp().use(pinia)
  setActivePinia(pinia)
  return { ...world, pinia, app }
}

const log = append('log', { limit: 300 })
const state = (): { log: readonly unknown[]; room: unknown } => ({ log: [], room: null })
const defineRoom = (id: string, topic: string) => defineStore(id, { state, wire: [fromChannel(topic, { say: log })] })

describe('fromChannel', () => {
  it('lands the messages of one topic', async () => {
    const { grant, say } = await setup()
    const [one, two] = [defineRoom('one', 'room:1')(), defineRoom('two', 'room:2')()]
    await grant('room:1')
    await grant('room:2')
    say('room:1', 11, 'a')
    say('room:2', 11, 'b')
    expect([one.log, two.log]).toEqual([['a'], ['b']])
  })

  it('F117 and F119: one subscription for two stores, which stays when another takes over within a task', async () => {
    const { grant, say, wishes, sent, clock } = await setup()
    const [one, two] = [defineRoom('one', 'room')(), defineRoom('two', 'room')()]
    await grant('room')
    one.$dispose()
    two.$dispose()
    const three = defineRoom('three', 'room')()
    clock.advance(0)
    say('room', 11)
    expect([one.log, two.log, three.log, wishes().length]).toEqual([[], [], [11], 1])
    three.$dispose()
    expect(sent().at(-1)).toMatchObject({ type: 'sw.sub' })
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
  })

  it('tells $wire.onResync of what is missing, until it is ended', async () => {
    const { grant, control, problems } = await setup()
    const store = defineRoom('one', 'room')()
    const heard: string[] = []
    const stop = store.$wire.onResync(({ why }) => heard.push(why))
    await grant('room')
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    stop()
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 50 }, why: 'slow' })
    expect([heard, problems]).toEqual([['slow'], []])
  })

  it('loads a snapshot first, again after a resync, and puts its keys back on sign-out', async () => {
    const { grant, say, control, client, settle } = await setup()
    let loads = 0
    const source = snapshot({ load: () => Promise.resolve(`room ${++loads}`), into: latest('room') })
    const useRoom = defineStore('one', { state, wire: fromChannel('room', { say: log }, { snapshot: source }) })
    const store = useRoom()
    await grant('room')
    say('room', 11)
    expect([store.room, store.log]).toEqual(['room 1', [11]])
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    await settle()
    expect(store.room).toBe('room 2')
    client.signIn('a')
    client.signOut()
    expect([store.room, store.log]).toEqual([null, []])
  })

  it('moves to the topic of a replaced module', async () => {
    const { grant, say, settle, pinia, sent, clock } = await setup()
    const store = defineRoom('one', 'room:1')()
    await grant('room:1')
    const hot = defineRoom('one', 'room:2')
    hot(pinia, store as never)
    await grant('room:2')
    await settle()
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room:1' } })
    say('room:2', 11, 'b')
    expect(store.log).toEqual(['b'])
  })

  it('ends with the app', async () => {
    const { grant, app, clock, sent } = await setup()
    defineRoom('one', 'room')()
    await grant('room')
    app.mount({})
    app.unmount()
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub' })
  })

  it('refuses what is no topic', () => {
    expect(() => fromChannel(5 as never, {})).toThrow('fromChannel')
  })
})
