import { describe, expect, it, vi } from 'vitest'
import { connectAfterLogin, type ConnectAfterLoginOptions, type UserId } from '../../src/router/index.ts'
import { createFakeClient } from './fake-client.ts'

function setup(overrides: Partial<ConnectAfterLoginOptions> = {}) {
  const client = createFakeClient()
  const session: { id: UserId | null | undefined } = { id: null }
  const timers = new Map<() => void, number>()
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    schedule(delayMs: number, callback: () => void) {
      timers.set(callback, delayMs)
      return () => void timers.delete(callback)
    },
  }
  const guard = connectAfterLogin(client, { user: () => session.id, ssr: false, clock, ...overrides })
  const fire = (): void => {
    for (const callback of timers.keys()) callback()
    timers.clear()
  }
  return { client, session, guard, timers, fire, navigate: () => guard({ href: '/a' }, {}) }
}

/** Whether a promise has settled after everything that could settle it without time has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => (done = true))
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

describe('connectAfterLogin', () => {
  it('signs in and connects at the first navigation of a user, once', async () => {
    const { client, session, navigate } = setup()
    session.id = 7
    await navigate()
    await navigate()
    expect(client.calls).toEqual(['signIn 7', 'connect'])
  })

  it.each([null, undefined])('signs out once while the user is %s', async (nobody) => {
    const { client, session, navigate } = setup()
    session.id = 'ann'
    await navigate()
    session.id = nobody
    await navigate()
    await navigate()
    expect(client.calls).toEqual(['signIn "ann"', 'connect', 'signOut'])
  })

  it('signs out at a first navigation without a user, so that nothing of an earlier one stays', async () => {
    const { client, navigate } = setup()
    await navigate()
    expect(client.calls).toEqual(['signOut'])
  })

  it('knows the user 0 from nobody, and NaN as one user', async () => {
    const { client, session, navigate } = setup()
    for (const id of [0, 0, NaN, NaN]) {
      session.id = id
      await navigate()
    }
    expect(client.calls).toEqual(['signIn 0', 'connect', 'signIn null', 'connect'])
  })

  it('signs the next user in when the user changes, and the first one again when they come back', async () => {
    const { client, session, navigate } = setup()
    for (const id of ['ann', 'bob', null, 'ann']) {
      session.id = id
      await navigate()
    }
    expect(client.calls.filter((call) => call !== 'connect')).toEqual([
      'signIn "ann"',
      'signIn "bob"',
      'signOut',
      'signIn "ann"',
    ])
  })

  it('does not connect again for the same user after the connection has failed or was closed', async () => {
    const { client, session, navigate } = setup()
    session.id = 'ann'
    await navigate()
    client.fail()
    await navigate()
    expect(client.calls).toEqual(['signIn "ann"', 'connect'])
  })

  it('lets the same user come back after the application has signed out by itself', async () => {
    const { client, session, navigate } = setup()
    session.id = 'ann'
    await navigate()
    client.reset()
    await navigate()
    expect(client.calls).toEqual(['signIn "ann"', 'connect', 'signIn "ann"', 'connect'])
  })

  it('takes an empty id for nobody, and refuses an object', async () => {
    const { client, session, navigate } = setup()
    session.id = ''
    await navigate()
    session.id = { id: 7 } as unknown as UserId
    await navigate()
    expect(client.calls).toEqual(['signOut'])
    expect(client.problems).toMatchObject([{ code: 'INVALID_OPTION', details: { option: 'user' } }])
  })

  it('takes a user from a promise', async () => {
    const { client, navigate } = setup({ user: async () => 'ann' })
    await navigate()
    expect(client.calls).toEqual(['signIn "ann"', 'connect'])
  })

  it('ignores an answer that a later navigation has overtaken', async () => {
    const answers: ((id: UserId | null) => void)[] = []
    const { client, navigate } = setup({ user: () => new Promise((resolve) => answers.push(resolve)) })
    const first = navigate()
    const second = navigate()
    answers[1]?.('ann')
    await second
    answers[0]?.(null)
    await first
    expect(client.calls).toEqual(['signIn "ann"', 'connect'])
  })

  it.each([
    ['throws', () => { throw new Error('no store') }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('no store'))],
  ])('reports a user function that %s, changes nothing and lets the navigation go on', async (_how, user) => {
    const { client, navigate } = setup({ user })
    await navigate()
    expect(client.calls).toEqual([])
    expect(client.problems).toMatchObject([
      { code: 'CALLBACK', details: { where: 'user of connectAfterLogin' }, cause: new Error('no store') },
    ])
  })

  it('does nothing where a page is only rendered, which it tells by the missing document', async () => {
    const user = vi.fn(() => 'ann')
    const client = createFakeClient()
    const next = vi.fn()
    await Reflect.apply(connectAfterLogin(client, { user }), undefined, [{}, {}, next])
    expect(next).toHaveBeenCalledExactlyOnceWith()
    expect(user).not.toHaveBeenCalled()
    expect(client.calls).toEqual([])
  })

  it('has two parameters, and calls next without arguments only for a route without href', async () => {
    const { guard } = setup()
    const next = vi.fn()
    expect(guard).toHaveLength(2)
    await Reflect.apply(guard, undefined, [{ href: '/a' }, {}, next])
    expect(next).not.toHaveBeenCalled()
    await Reflect.apply(guard, undefined, [{ path: '/a' }, {}, next])
    expect(next).toHaveBeenCalledExactlyOnceWith()
  })
})

describe('connectAfterLogin wait', () => {
  const waiting = () => {
    const all = setup({ wait: { timeoutMs: 3_000 } })
    all.session.id = 'ann'
    return all
  }

  it('is off by default', async () => {
    const { session, navigate, timers } = setup()
    session.id = 'ann'
    expect(await settled(navigate())).toBe(true)
    expect(timers.size).toBe(0)
  })

  it('holds every navigation until the connection is open, and leaves no timer', async () => {
    const { client, navigate, timers } = waiting()
    const navigations = Promise.all([navigate(), navigate()])
    expect(await settled(navigations)).toBe(false)
    expect([...timers.values()]).toEqual([3_000])
    client.open()
    expect(await settled(navigations)).toBe(true)
    expect(timers.size).toBe(0)
  })

  it('lets the navigation through when the connection gives up', async () => {
    const { client, navigate, timers } = waiting()
    const navigation = navigate()
    await settled(navigation)
    client.fail()
    expect(await settled(navigation)).toBe(true)
    expect(timers.size).toBe(0)
    expect(client.problems).toEqual([])
  })

  it('lets the navigation through after timeoutMs, and holds no later one of that user', async () => {
    const { client, navigate, fire } = waiting()
    const navigation = navigate()
    await settled(navigation)
    fire()
    expect(await settled(navigation)).toBe(true)
    expect(await settled(navigate())).toBe(true)
    expect(client.calls).toEqual(['signIn "ann"', 'connect'])
  })

  it('lets the navigation through when the user signs out meanwhile', async () => {
    const { session, navigate, timers } = waiting()
    const navigation = navigate()
    await settled(navigation)
    session.id = null
    expect(await settled(navigate())).toBe(true)
    expect(await settled(navigation)).toBe(true)
    expect(timers.size).toBe(0)
  })
})

describe('connectAfterLogin options', () => {
  it.each([
    [{ user: undefined }, 'user', undefined],
    [{ wait: true }, 'wait.timeoutMs', undefined],
    [{ wait: null }, 'wait.timeoutMs', undefined],
    [{ wait: { timeoutMs: 0 } }, 'wait.timeoutMs', 0],
    [{ wait: { timeoutMs: NaN } }, 'wait.timeoutMs', NaN],
  ])('rejects %o', (wrong, option, received) => {
    const options = { user: () => null, ...wrong } as unknown as ConnectAfterLoginOptions
    expect(() => connectAfterLogin(createFakeClient(), options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option, received }) }),
    )
  })
})
