import { createServer } from '@statewire/server'
import { createFaultProxy, runConformance, type ConformanceOptions, type FrameRule } from '@statewire/testing/node'
import { afterEach, describe, expect, it } from 'vitest'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** The server kit behind a proxy; `check` runs the conformance checks against it. */
async function setup({ auth = true, beat = false, open = true } = {}) {
  const users = new Map(['ann', 'bob'].map((id) => [`token of ${id}`, { id }]))
  const server = createServer({
    port: 0,
    host: '127.0.0.1',
    authorize: () => open,
    heartbeat: { beat },
    ...(auth && { authenticate: (token: string) => users.get(token) }),
  })
  await server.ready
  ends.push(() => server.close())
  const proxy = await createFaultProxy({ target: { port: server.port ?? 0 } })
  ends.push(() => proxy.close())
  const tokens = auth ? { token: 'token of ann', otherToken: 'token of bob' } : {}
  const check = async (options: Partial<ConformanceOptions> = {}) => {
    const report = await runConformance({ url: proxy.wsUrl(), level: 'sw', quietMs: 100, ...tokens, ...options })
    const of = (outcome: string) => report.results.filter((one) => one.outcome === outcome)
    const failed = of('failed').map(({ id, need, why }) => `${need} ${id}: ${why}`)
    return { report, failed, skipped: of('skipped').map(({ id }) => id) }
  }
  return { proxy, check }
}

/** Changes the server's messages of a type; `from` becomes `to` in them. */
const changed = (type: string, from: RegExp, to: string): FrameRule => ({
  direction: 'down',
  match: (text) => text.startsWith(`{"type":"${type}"`) && from.test(text),
  action: { replace: (text) => text.replace(from, to) },
})
const suppressed = (type: string): FrameRule => ({
  direction: 'down',
  match: (text) => text.startsWith(`{"type":"${type}"`),
  action: { suppress: true },
})

describe('the server kit', () => {
  it('conforms at level sw, with nothing skipped', async () => {
    const { check } = await setup()
    const { report, failed, skipped } = await check()
    expect(failed.filter((one) => one.startsWith('MUST'))).toEqual([])
    expect(skipped).toEqual([])
    expect([report.conforms, report.results.length]).toEqual([true, 38])
    expect(report.results.filter(({ ms }) => ms > 5_500)).toEqual([])
  })

  it('conforms without auth, but for what is about tokens', async () => {
    const { check } = await setup({ auth: false, beat: true })
    const { failed, skipped } = await check()
    expect(failed).toEqual([])
    const tokens = ['plain/accept', 'plain/no-token', 'plain/refuse', 'plain/heartbeat']
    expect(skipped).toEqual([...tokens, 'sw/foreign-session', 'sw/foreign-client', 'sw/reauth'])
  })

  it('is not blamed for a topic that is closed to the token', async () => {
    const { check } = await setup({ open: false })
    const { report, failed, skipped } = await check({ only: 'sw/', otherToken: undefined })
    expect([failed, report.conforms]).toEqual([[], true])
    expect(skipped).toEqual(expect.arrayContaining(['sw/duplicate', 'sw/subscribe', 'sw/recover', 'sw/unsubscribe']))
  })
})

describe('a server that breaks a rule', () => {
  const PUBLICATION = 'conformance'

  it.each<readonly [check: string, rule: FrameRule, why: RegExp]>([
    ['plain/accept', suppressed('auth ok'), /no acceptance in time/],
    ['plain/refuse', changed('noAuth', /.*/, '{"type":"auth ok"}'), /accepted a wrong token/],
    ['plain/heartbeat', suppressed('heartCheck'), /no answer to heartCheck/],
    ['sw/announce', changed('auth ok', /"v":\[1\]/, '"v":[2]'), /announced versions 2/],
    ['sw/announce', changed('auth ok', /,"sw".*/, '}'), /announced nothing/],
    ['sw/welcome', suppressed('sw.welcome'), /no sw.welcome in time/],
    ['sw/welcome', changed('sw.welcome', /"st":"new"/, '"st":"odd"'), /malformed: st is odd/],
    ['sw/welcome', changed('sw.welcome', /"sid":"[^"]*"/, '"sid":""'), /malformed: sid/],
    ['sw/ack-many', changed('sw.ack', /"rx":40/, '"rx":41'), /acknowledged 41 of 40/],
    ['sw/ack', suppressed('sw.ack'), /no sw.ack of 1 in time/],
    ['sw/gap', changed('sw.nack', /"want":1/, '"want":2'), /sw.nack is/],
    ['sw/reply', changed('sw.reply', /"re":1/, '"re":2'), /the reply is on #, to 2/],
    ['sw/resume', changed('sw.welcome', /"rx":2/, '"rx":1'), /rx is 1, not 2/],
    ['sw/resume', changed('sw.welcome', /"st":"resumed"/, '"st":"lost"'), /st is lost/],
    ['sw/unknown-session', changed('sw.welcome', /"st":"lost"/, '"st":"resumed"'), /made up/],
    ['sw/foreign-session', changed('sw.welcome', /"st":"(new|lost)"/, '"st":"resumed"'), /resumed it/],
    ['sw/subscribe', changed('sw.subd', /,"cursor":\{[^}]*\}/, ''), /cursor is undefined/],
    ['sw/offsets', changed(PUBLICATION, /"o":2/, '"o":3'), /do not go on from/],
    ['sw/offsets', changed(PUBLICATION, /"c":"[^"]*"/, '"c":"x"'), /no place/],
    ['sw/recover', changed('sw.subd', /"st":"resumed"/, '"st":"lost"'), /st is lost/],
    ['sw/recover', changed(PUBLICATION, /"name":"one"/, '"name":"two"'), /no publication|lost, repeated/],
    ['sw/other-epoch', changed('sw.subd', /"st":"lost"/, '"st":"resumed"'), /another epoch: st is resumed/],
    ['sw/private-topic', changed('sw.subd', /"st":"denied"/, '"st":"new"'), /st is new/],
    ['sw/reauth', suppressed('sw.authd'), /no sw.authd/],
    ['sw/error', suppressed('sw.error'), /no sw.error/],
  ])('fails %s', async (id, rule, why) => {
    const { proxy, check } = await setup()
    proxy.rule(rule)
    const { report } = await check({ only: id, timeoutMs: 400 })
    const [result] = report.results.filter((one) => one.id === id)
    expect(result).toMatchObject({ outcome: 'failed', why: expect.stringMatching(why) })
    if (result?.need === 'MUST') expect(report.conforms).toBe(false)
  })

  it.each(['sw/duplicate', 'sw/gap', 'sw/resend'])('fails %s when a message is published twice', async (id) => {
    const { proxy, check } = await setup()
    let again = ''
    const match = (text: string) => text.includes('"name":"one"') && (again = text) !== ''
    // The next one, with the first one before it.
    proxy.rule({ direction: 'down', match: (text) => match(text) && false, action: { suppress: true } })
    proxy.rule({
      direction: 'down',
      match: (text) => text.includes('"name":"two"'),
      action: { replace: () => again },
    })
    const { failed } = await check({ only: id, timeoutMs: 400 })
    expect(failed).toEqual([expect.stringMatching(/lost, repeated or reordered/)])
  })

  it('fails sw/takeover when the old link is closed like any other', async () => {
    const { check, proxy } = await setup()
    proxy.rule({
      direction: 'up',
      nth: 2,
      match: (text) => text.includes('sw.hello'),
      action: { replace: (text) => text.replace('"sid"', '"was"') },
    })
    const { failed } = await check({ only: 'sw/takeover', timeoutMs: 400 })
    expect(failed).toEqual([expect.stringMatching(/^MUST sw\/takeover: st is (new|lost)/)])
  })

  it('fails everything when nobody is there, in bounded time', async () => {
    const { check, proxy } = await setup()
    proxy.hangUpgrade()
    const { report } = await check({ level: 'plain', timeoutMs: 100 })
    expect(report.conforms).toBe(false)
    expect(report.results.every(({ outcome, ms }) => outcome === 'failed' && ms < 1_000)).toBe(true)
    await proxy.refuse()
    const refused = await check({ only: 'sw/ack', timeoutMs: 100 })
    expect(refused.failed).toEqual(expect.arrayContaining([expect.stringMatching(/cannot connect/)]))
  })
})
