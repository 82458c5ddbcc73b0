import { append } from '@statewire/core'
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

  it('refuses a wrong option, and then lets go of what it had', async () => {
    const { client, settle, wishes, clock } = await connected()
    expect(() => vuexStatewire(client, { channels: 5 as never })).toThrow('channels')
    const plugin = vuexStatewire(client, { channels: { room: { say: log }, lobby: { say: 5 as never } } })
    expect(() => createStore({ modules: { chat: chat() }, plugins: [plugin] })).toThrow('wire.say')
    clock.advance(0)
    await settle()
    expect(client.channel('room').status).toBe('idle')
    expect(wishes().filter(({ c }) => c === 'lobby')).toEqual([])
  })
})
