import { must, Skip, type Check } from './check.ts'
import { ofType, type Bench } from './bench.ts'
import { shorten } from './link.ts'
import { isAcceptance, isRefusal } from './wire.ts'

const ODD_FRAMES = ['', 'null', '[]', '42', '"x"', 'true', '{}', '{"type":{}}', '{"type":""}', '{"type":null}']
const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

/** Others are served, whatever one link has said. */
async function servesOthers(bench: Bench): Promise<void> {
  const { link } = await bench.open()
  await link.pinged()
}

/** The rules that any server keeps which Statewire clients talk to. */
export const PLAIN_CHECKS: readonly Check[] = [
  {
    id: 'plain/accept',
    need: 'MUST',
    rule: 'answer a valid token, sent as the first frame, with an acceptance',
    async run(bench) {
      bench.token()
      const { link } = await bench.open()
      await link.pinged()
    },
  },
  {
    id: 'plain/no-token',
    need: 'MUST',
    rule: 'accept nobody who has not sent a token',
    async run(bench) {
      bench.token()
      const link = await bench.dial()
      link.send({ type: 'conformance.unknown' })
      const accepted = (await link.quiet(bench.options.quietMs)).find(isAcceptance)
      must(!accepted, `sent ${shorten(accepted?.text ?? '')}`)
    },
  },
  {
    id: 'plain/refuse',
    need: 'MUST',
    rule: 'refuse a wrong token by noAuth or by closing with 4401',
    async run(bench) {
      bench.token()
      const link = await bench.dial()
      link.send({ type: 'auth', data: bench.options.wrongToken })
      const answer = link
        .next('noAuth', (one) => isRefusal(one) || isAcceptance(one))
        .catch((error: unknown) => {
          if (link.closedWith === 4401) return undefined
          throw error
        })
      const received = await answer
      must(!received || isRefusal(received), 'accepted a wrong token (choose another by --wrong-token if it is valid)')
    },
  },
  {
    id: 'plain/unknown-keys',
    need: 'MUST',
    rule: 'ignore keys it does not know, also in the auth frame',
    async run(bench) {
      const { token } = bench.options
      const link = await bench.dial()
      if (token !== undefined) {
        link.send({ type: 'auth', data: token, conformance: { deep: [1] } })
        await link.next('acceptance', isAcceptance)
      }
      link.send({ type: 'conformance.unknown', data: 1, id: 7, conformance: { deep: [1] } })
      await link.pinged()
    },
  },
  {
    id: 'plain/heartbeat',
    need: 'MUST',
    rule: 'answer {"type":"heartCheck"}, if it says that it does',
    async run(bench) {
      const { link, announced } = await bench.open()
      const said = bench.options.heartbeat || (await announced())?.heartbeatMode === 'ping'
      if (!said) throw new Skip('the server announces no heartbeat of mode ping (say that it answers with --heartbeat)')
      link.send({ type: 'heartCheck' })
      await link.next('answer to heartCheck', () => true)
    },
  },
  {
    id: 'plain/unknown-type',
    need: 'MUST',
    rule: 'keep the link when a type is unknown, whatever its name',
    async run(bench) {
      const { link } = await bench.open()
      for (const type of ['conformance.unknown', ...NAMES]) link.send(`{"type":"${type}","data":{"${type}":1}}`)
      await link.pinged()
    },
  },
  {
    id: 'plain/malformed',
    need: 'MUST',
    rule: 'survive malformed JSON, before auth and after it',
    async run(bench) {
      const stranger = await bench.dial()
      stranger.send('{"a":', DEEP)
      const { link } = await bench.open()
      link.send('{"a":', DEEP)
      await servesOthers(bench)
    },
  },
  {
    id: 'plain/malformed-kept',
    need: 'SHOULD',
    rule: 'keep the link after one malformed frame, and read the next',
    async run(bench) {
      const { link } = await bench.open()
      link.send('{"a":')
      await link.pinged()
    },
  },
  {
    id: 'plain/odd-frames',
    need: 'MUST',
    rule: 'survive frames that are no messages: null, [], 42, bytes',
    async run(bench) {
      for (const frame of [...ODD_FRAMES, Buffer.from([0, 255])]) {
        const link = await bench.dial()
        link.send(frame)
        if (bench.options.token !== undefined) link.send({ type: 'auth', data: bench.options.token })
        link.send(frame)
      }
      await servesOthers(bench)
    },
  },
  {
    id: 'plain/close',
    need: 'SHOULD',
    rule: 'answer a close',
    async run(bench) {
      const { link } = await bench.open()
      link.close(1000)
      const code = await link.closed()
      must(code === 1000, `closed with ${code}`)
    },
  },
  {
    id: 'plain/no-session',
    need: 'MUST',
    rule: 'send nothing of the session protocol but an announcement to whom has not asked for a session',
    async run(bench) {
      const { link } = await bench.open()
      link.send({ type: 'conformance.unknown' }, '{"a":')
      const received = await link.quiet(bench.options.quietMs)
      const told = received.find(({ message }) => String(message?.['type']).startsWith('sw.'))
      must(!told || ofType('sw.announce')(told), `sent ${shorten(told?.text ?? '')}`)
    },
  },
]
