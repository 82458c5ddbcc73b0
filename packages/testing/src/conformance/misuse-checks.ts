import { ofType, type Bench } from './bench.ts'
import { must, type Check } from './check.ts'
import { acked, numbered, publish, receive, subscribe } from './conversation.ts'
import type { WireLink } from './link.ts'

const LONG = 'x'.repeat(300)
const MALFORMED: readonly object[] = [
  { type: 'sw.sub', sw: { subs: [] } },
  { type: 'sw.sub', sw: { subs: [{ id: 1, c: LONG }] } },
  { type: 'sw.sub', sw: { subs: [{ id: '1', c: 'x' }] } },
  { type: 'sw.sub', sw: { subs: [{ id: 1, c: 'x', cursor: { epoch: 'e', offset: -1 } }] } },
  { type: 'sw.unsub', sw: { id: 1 } },
  { type: 'sw.skip', sw: { n: 0 } },
  { type: 'sw.skip' },
  { type: 'sw.auth', sw: { token: 7 } },
]
const MALFORMED_HELLOS: readonly object[] = [
  { v: 1, tx: 1 },
  { v: 1, cid: 7, tx: 1 },
  { v: 1, cid: '', tx: 1 },
  { v: 1, cid: LONG, tx: 1 },
  { v: 1, cid: 'c', tx: 0 },
  { v: 1, cid: 'c', tx: 1, cursor: 'e:1' },
]
const MALFORMED_NUMBERS: readonly unknown[] = [0, -1, 1.5, '1', null, 2 ** 53]

/** What is served next to a link that misbehaves must not notice. */
async function unaffected(bench: Bench, witness: WireLink, n: number): Promise<void> {
  witness.send(numbered(n, null))
  await acked(witness, n)
  const { link } = await bench.session()
  await link.pinged()
}

/** Messages that no client should send. */
export const MISUSE_CHECKS: readonly Check[] = [
  {
    id: 'sw/malformed',
    need: 'MUST',
    rule: 'survive malformed sw.* messages, and serve others meanwhile',
    async run(bench) {
      const witness = await bench.session()
      for (const message of MALFORMED) {
        const { link } = await bench.session()
        link.send(message)
      }
      await unaffected(bench, witness.link, 1)
    },
  },
  {
    id: 'sw/malformed-hello',
    need: 'MUST',
    rule: 'welcome nobody whose sw.hello is malformed, or of a version it does not speak',
    async run(bench) {
      const witness = await bench.session()
      const links: WireLink[] = []
      for (const sw of [...MALFORMED_HELLOS, { v: 99, cid: 'c', tx: 1 }]) {
        const { link } = await bench.open()
        link.send({ type: 'sw.hello', sw })
        links.push(link)
      }
      await unaffected(bench, witness.link, 1)
      for (const received of await Promise.all(links.map((link) => link.quiet(bench.options.quietMs))))
        must(!received.some(ofType('sw.welcome')), 'sent sw.welcome')
    },
  },
  {
    id: 'sw/malformed-number',
    need: 'MUST',
    rule: 'not apply a message whose number is malformed',
    async run(bench) {
      const reader = await bench.session()
      await subscribe(bench, reader.link)
      const [bad, good] = [bench.payload('bad'), bench.payload('good')]
      const { link } = await bench.session()
      for (const n of MALFORMED_NUMBERS) link.send({ type: 'conformance', data: bad, sw: { n, c: bench.topic } })
      await unaffected(bench, reader.link, 1)
      const writer = await bench.session()
      await publish(bench, writer.link, 1, good)
      await receive(bench, reader.link, [good])
      const rest = await reader.link.quiet(0)
      must(!rest.some(({ text }) => text.includes(bad.conformance)), 'published it')
    },
  },
  {
    id: 'sw/error',
    need: 'SHOULD',
    rule: 'answer a malformed message by sw.error, and keep the link',
    async run(bench) {
      const { link } = await bench.session()
      link.send({ type: 'sw.skip', sw: { n: 'one' } })
      await link.next('sw.error', ofType('sw.error'))
      link.send(numbered(1, null))
      await acked(link, 1)
    },
  },
  {
    id: 'sw/later-version',
    need: 'MUST',
    rule: 'ignore sw.* types and keys that it does not know',
    async run(bench) {
      const { link } = await bench.session({ conformance: 1 })
      link.send({ type: 'sw.conformance', sw: { n: 1 } }, numbered(1, null, { conformance: 1 }))
      await acked(link, 1)
    },
  },
]
