import { append, latest } from '@statewire/core'
import { snapshot } from '@statewire/core/session'
import { describe, expect, it } from 'vitest'
import { connected } from '../../core/test/session/setup.ts'
import { commit, vuexStatewire } from '../src/index.ts'
import { createStore } from './setup.ts'

const chat = () => ({
  namespaced: true,
  state: () => ({ log: [], last: null }),
  mutations: {
    SET(state: { last: unknown }, last: unknown) {
      state.last = last
    },
  },
})
const log = append('chat/log', { limit: 300 })

describe('channels', () => {
  it('lands the messages of a topic, by rules and mutations', async () => {
    const { client, grant, say } = await connected()
    const plugin = vuexStatewire(client, { channels: { room: { say: [log, commit('chat/SET')] } } })
    const store = createStore({ strict: true, modules: { chat: chat() }, plugins: [plugin] })
    await grant('room')
    say('room', 11, 'a')
    say('other', 11, 'b')
    expect(store.state.chat).toEqual({ log: ['a'], last: 'a' })
  })

  it('F119 subscribes once for two stores, and unsubscribes one task after the last', async () => {
    const { client, grant, say, wishes, sent, clock } = await connected()
    const make = () => {
      const plugin = vuexStatewire(client, { channels: { room: { say: log } } })
      return { plugin, store: createStore({ modules: { chat: chat() }, plugins: [plugin] }) }
    }
    const [one, two] = [make(), make()]
    await grant('room')
    one.plugin.stop()
    clock.advance(0)
    say('room', 11)
    expect([one.store.state.chat.log, two.store.state.chat.log, wishes().length]).toEqual([[], [11], 1])
    two.plugin.stop()
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
  })

  it('puts everything back on sign-out with one mutation', async () => {
    const { client, grant, say } = await connected()
    const plugin = vuexStatewire(client, { channels: { room: { say: log }, lobby: { say: log } } })
    const store = createStore({ modules: { chat: chat() }, plugins: [plugin] })
    await grant('room')
    say('room', 11)
    const mutations: string[] = []
    store.subscribe(({ type }) => mutations.push(type))
    client.signIn('a')
    client.signOut()
    expect(store.state.chat.log).toEqual([])
    expect(mutations.filter((type) => type.endsWith('/reset'))).toHaveLength(1)
  })

  it('loads a snapshot first, again after a resync, and puts its paths back on sign-out', async () => {
    const { client, grant, say, control, settle } = await connected()
    let loads = 0
    const room = snapshot({ load: () => Promise.resolve(`room ${++loads}`), into: latest('chat/last') })
    const plugin = vuexStatewire(client, { channels: { room: { say: log } }, snapshots: { room } })
    const store = createStore({ strict: true, modules: { chat: chat() }, plugins: [plugin] })
    await grant('room')
    say('room', 11)
    expect(store.state.chat).toEqual({ log: [11], last: 'room 1' })
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    await settle()
    expect(store.state.chat.last).toBe('room 2')
    client.signIn('a')
    client.signOut()
    expect(store.state.chat).toEqual({ log: [], last: null })
  })

  it('hands a snapshot to a mutation, and reports one that is not there, for a topic without a wire too', async () => {
    const { client, grant, problems } = await connected()
    const load = () => Promise.resolve('loaded')
    const snapshots = {
      room: snapshot({ load, into: commit('chat/SET') }),
      lobby: snapshot({ load, into: commit('chat/MISSING') }),
    }
    const plugin = vuexStatewire(client, { snapshots })
    const store = createStore({ modules: { chat: chat() }, plugins: [plugin] })
    await grant('room')
    await grant('lobby')
    expect(store.state.chat.last).toBe('loaded')
    expect(problems).toMatchObject([
      { code: 'NO_TARGET', details: { target: 'chat/MISSING', messageType: 'sw.snapshot', store: 'vuex' } },
    ])
  })

  it('refuses a wrong option, and then lets go of what it had', async () => {
    const { client, settle, wishes, clock } = await connected()
    expect(() => vuexStatewire(client, { channels: 5 as never })).toThrow('channels')
    expect(() => vuexStatewire(client, { snapshots: 5 as never })).toThrow('snapshots')
    expect(() => vuexStatewire(client, { snapshots: { room: {} as never } })).toThrow('snapshots.room')
    const plugin = vuexStatewire(client, { channels: { room: { say: log }, lobby: { say: 5 as never } } })
    expect(() => createStore({ modules: { chat: chat() }, plugins: [plugin] })).toThrow('wire.say')
    clock.advance(0)
    await settle()
    expect(client.channel('room').status).toBe('idle')
    expect(wishes().filter(({ c }) => c === 'lobby')).toEqual([])
  })
})
