import { append } from '@statewire/core'
import { settle } from '@statewire/testing'
import createLoading from 'dva-loading'
import { describe, expect, it } from 'vitest'
import { createStreamModel, dispatchEach, effect } from '../src/index.ts'
import { hosts, type Action } from './hosts.ts'
import { setup, startApp, type Setup } from './setup.ts'

interface Commands {
  call: (run: (...args: never[]) => unknown, ...args: unknown[]) => unknown
  put: (action: object) => unknown
}

async function run(world: Setup, wire: object, options: Parameters<typeof startApp>[0] = {}) {
  const model = createStreamModel(world.client, {
    namespace: 'chat',
    state: { log: [] as readonly unknown[], saved: [] as readonly unknown[] },
    wire,
    reducers: { save: (state, { payload }) => ({ ...state, saved: [...state.saved, payload as unknown] }) },
    effects: {
      *fetch({ payload }: Action, { call, put }: Commands): Generator<unknown, void, string> {
        const answer = yield call(async (name: string) => `hello ${name}`, payload)
        yield put({ type: 'save', payload: answer })
      },
      *fail(): Generator {
        yield settle()
        throw new Error('an effect of the application')
      },
    },
  })
  const other = {
    namespace: 'other',
    state: 0,
    reducers: { add: (state: number, { payload }: Action) => state + Number(payload) },
  }
  const app = startApp({ ...options, models: [model, other] })
  await world.client.connect()
  return app
}

describe('dispatchEach', () => {
  it.each(hosts)(
    "reaches the model's own reducer in $name once per message, after the state of the flush",
    async (host) => {
      const world = setup()
      const app = await run(world, { note: [append('log', { limit: 9 }), dispatchEach('save')] }, { host })
      await world.send(['note', 1], ['note', 2])
      expect(app.actions).toEqual(['chat/statewireMessages', 'chat/save', 'chat/save'])
      expect(app.state('chat')).toEqual({ log: [1, 2], saved: [1, 2] })
    },
  )

  it('reaches it once per flush with batch, and with the payload it is told', async () => {
    const world = setup()
    const count = dispatchEach('save', { batch: true, payload: (all: readonly unknown[]) => all.length })
    const app = await run(world, { note: dispatchEach('save', { batch: true }), ping: count })
    await world.send(['note', 1], ['ping'], ['note', 2], ['ping'])
    expect(app.state('chat')).toEqual({ log: [], saved: [[1, 2], 2] })
    expect(app.actions).toEqual(['chat/save', 'chat/save'])
  })

  it("reaches another model's by its full name, and the model's own as well", async () => {
    const world = setup()
    const app = await run(world, { up: dispatchEach('other/add'), note: dispatchEach('chat/save') })
    await world.send(['up', 2], ['up', 3], ['note', 'n'])
    expect(app.state('other')).toBe(5)
    expect(app.state('chat')['saved']).toEqual(['n'])
    expect(world.codes()).toEqual([])
  })

  it('reports a name that the model does not have, when it starts, and dispatches nothing', async () => {
    const world = setup()
    const app = await run(world, { note: dispatchEach('svae'), ping: effect('save') })
    expect(world.problems.map(({ details }) => details)).toEqual([
      { target: 'svae', messageType: 'note', store: 'chat' },
      { target: 'save', messageType: 'ping', store: 'chat' },
    ])
    await world.send(['note', 1], ['ping', 1])
    expect([app.actions, world.codes()]).toEqual([[], ['NO_TARGET', 'NO_TARGET']])
  })
})

describe('effect', () => {
  it.each(hosts)('starts an effect in $name once per message', async (host) => {
    const world = setup()
    const app = await run(world, { who: effect('fetch') }, { host, plugins: [createLoading()] })
    await world.send(['who', 'ann'], ['who', 'bob'])
    expect(app.state('chat')['saved']).toEqual(['hello ann', 'hello bob'])
  })

  it('reports an effect that rejects, and starts the next one all the same', async () => {
    const world = setup()
    const errors: string[] = []
    const onError = (error: Error): void => void errors.push(error.message)
    const app = await run(world, { bad: effect('fail'), who: effect('fetch') }, { hooks: { onError } })
    await world.send(['bad'], ['who', 'ann'])
    expect(errors).toEqual(['an effect of the application'])
    expect(world.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'CALLBACK: A callback of the application failed: effect "fail" of store "chat" (see cause).',
    ])
    expect(app.state('chat')['saved']).toEqual(['hello ann'])
  })

  it.each([[null], ['yes'], [{ batch: 'yes' }], [{ payload: 'data' }]])('refuse %j as options', (options) => {
    const refusal = expect.objectContaining({ code: 'INVALID_OPTION' }) as Error
    expect(() => dispatchEach('save', options as never)).toThrow(refusal)
    expect(() => effect('save', options as never)).toThrow(refusal)
  })

  it('refuse what is no name', () => {
    expect(() => dispatchEach(null as never)).toThrow('Option "dispatchEach.name" must be a name, received null.')
    expect(() => effect('')).toThrow('Option "effect.name" must be a name')
  })
})
