import { append, latest } from '@statewire/core'
import { snapshot } from '@statewire/core/session'
import { describe, expect, it } from 'vitest'
import { connected } from '../../core/test/session/setup.ts'
import { createStreamModel, dispatchEach } from '../src/index.ts'
import { startApp } from './setup.ts'

const log = append('log', { limit: 300 })

async function setup(...namespaces: readonly string[]) {
  const world = await connected()
  const { client } = world
  const models = namespaces.map((namespace) =>
    createStreamModel(client, {
      namespace,
      state: { log: [] as readonly unknown[] },
      wire: {},
      channels: { room: { say: log } },
    }),
  )
  return { ...world, app: startApp({ models }) }
}

describe('channels', () => {
  it('lands the messages of a topic as one action, which does the same when it is run again', async () => {
    const { app, grant, say } = await setup('chat')
    await grant('room')
    say('room', 11, 'a')
    say('other', 11, 'b')
    expect(app.state('chat')).toEqual({ log: ['a'] })
    expect(app.actions).toEqual(['chat/statewireMessages'])
    // As plain data, from a log of actions.
    app._store.dispatch({
      type: 'chat/statewireMessages',
      payload: { messages: [{ type: 'say', data: 'again' }], channel: 'room' },
    })
    app._store.dispatch({ type: 'chat/statewireMessages', payload: { messages: [{ type: 'say', data: 'plain' }] } })
    expect(app.state('chat')).toEqual({ log: ['a', 'again'] })
  })

  it('F119 subscribes once for two models, and unsubscribes one task after the last', async () => {
    const { app, grant, say, wishes, sent, clock } = await setup('one', 'two')
    await grant('room')
    app.unmodel('one')
    clock.advance(0)
    say('room', 11)
    expect([app.state('two'), wishes().length]).toEqual([{ log: [11] }, 1])
    app.unmodel('two')
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
  })

  it('puts keys back on sign-out, with one action', async () => {
    const { app, client, grant, say } = await setup('chat')
    await grant('room')
    say('room', 11)
    client.signIn('a')
    client.signOut()
    expect(app.state('chat')).toEqual({ log: [] })
    expect(app.actions.filter((type) => type.endsWith('statewireReset'))).toHaveLength(1)
  })

  it('loads a snapshot first, as an action that can be run again, and again after a resync', async () => {
    const { client, grant, say, control, settle } = await setup()
    let loads = 0
    const model = createStreamModel(client, {
      namespace: 'chat',
      state: { log: [] as readonly unknown[], room: null as string | null },
      wire: {},
      channels: { room: { say: log } },
      snapshots: { room: snapshot({ load: () => Promise.resolve(`room ${++loads}`), into: latest('room') }) },
    })
    const app = startApp({ models: [model] })
    await grant('room')
    say('room', 11)
    expect(app.state('chat')).toEqual({ log: [11], room: 'room 1' })
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    await settle()
    expect(app.state('chat')).toMatchObject({ room: 'room 2' })
    app._store.dispatch({
      type: 'chat/statewireMessages',
      payload: { messages: [{ type: 'sw.snapshot', data: 'room 1' }], channel: 'room' },
    })
    expect(app.state('chat')).toMatchObject({ room: 'room 1' })
    client.signIn('a')
    client.signOut()
    expect(app.state('chat')).toEqual({ log: [], room: null })
  })

  it('hands a snapshot to a reducer of the model, for a topic without a wire too', async () => {
    const { client, grant } = await setup()
    const model = createStreamModel(client, {
      namespace: 'chat',
      state: { room: '' },
      wire: {},
      snapshots: { room: snapshot({ load: () => Promise.resolve('loaded'), into: dispatchEach('set') }) },
      reducers: { set: (state: { room: string }, { payload }: { payload: string }) => ({ ...state, room: payload }) },
    })
    const app = startApp({ models: [model] })
    await grant('room')
    expect(app.state('chat')).toEqual({ room: 'loaded' })
  })

  it('refuses a wrong option', async () => {
    const { client } = await setup()
    const options = { namespace: 'a', state: {}, wire: {}, channels: 5 as never }
    expect(() => createStreamModel(client, options)).toThrow('channels')
    const snapshots = { room: {} as never }
    expect(() => createStreamModel(client, { namespace: 'a', state: {}, wire: {}, snapshots })).toThrow(
      'snapshots.room',
    )
  })
})
