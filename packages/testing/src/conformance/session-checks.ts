import { ofType } from './bench.ts'
import { must, type Check } from './check.ts'
import { acked, numbered, publish, published, receive, subscribe } from './conversation.ts'
import { swOf } from './wire.ts'

const MANY = 40

/** Sessions, and messages with numbers. */
export const SESSION_CHECKS: readonly Check[] = [
  {
    id: 'sw/announce',
    need: 'MUST',
    rule: 'announce version 1, with the acceptance or by sw.announce',
    async run(bench) {
      const opened = await bench.open()
      const announced = await opened.announced()
      must(announced !== undefined, 'announced nothing')
      must(announced.versions.includes(1), `announced versions ${announced.versions.join(', ')}`)
    },
  },
  {
    id: 'sw/welcome',
    need: 'MUST',
    rule: 'answer sw.hello by sw.welcome with a new session, and no memory of a client it has never met',
    async run(bench) {
      const { welcome } = await bench.session()
      must(welcome.st === 'new', `st is ${welcome.st}`)
      must(welcome.rx === undefined || welcome.rx === 0, `rx is ${welcome.rx}`)
    },
  },
  {
    id: 'sw/ack',
    need: 'MUST',
    rule: 'settle each numbered message, also one of a type it does not know',
    async run(bench) {
      const { link } = await bench.session()
      link.send(numbered(1, null))
      await acked(link, 1)
    },
  },
  {
    id: 'sw/ack-many',
    need: 'MUST',
    rule: `settle ${MANY} messages in flight, with no ack beyond the last`,
    async run(bench) {
      const { link } = await bench.session()
      for (let n = 1; n <= MANY; n++) link.send(numbered(n, null))
      const isLast = (rx: unknown): boolean => Number(rx) >= MANY
      const last = await link.next(`sw.ack of ${MANY}`, (one) => ofType('sw.ack')(one) && isLast(swOf(one)['rx']))
      must(swOf(last)['rx'] === MANY, `acknowledged ${String(swOf(last)['rx'])} of ${MANY}`)
    },
  },
  {
    id: 'sw/duplicate',
    need: 'MUST',
    rule: 'acknowledge a number that comes again, and not apply it again',
    async run(bench) {
      const { link } = await bench.session()
      const [one, two] = [bench.payload('one'), bench.payload('two')]
      await subscribe(bench, link)
      await publish(bench, link, 1, one)
      link.send(numbered(1, one, { c: bench.topic }))
      await acked(link, 1)
      await publish(bench, link, 2, two)
      await receive(bench, link, [one, two])
    },
  },
  {
    id: 'sw/gap',
    need: 'MUST',
    rule: 'refuse a number ahead of its turn by sw.nack with the one it wants, and apply nothing',
    async run(bench) {
      const { link } = await bench.session()
      const [one, two] = [bench.payload('one'), bench.payload('two')]
      await subscribe(bench, link)
      link.send(numbered(2, two, { c: bench.topic }))
      const nack = swOf(await link.next('sw.nack', ofType('sw.nack')))
      must(nack['code'] === 'gap' && nack['n'] === 2 && nack['want'] === 1, `sw.nack is ${JSON.stringify(nack)}`)
      await publish(bench, link, 1, one)
      await publish(bench, link, 2, two)
      await receive(bench, link, [one, two])
    },
  },
  {
    id: 'sw/skip',
    need: 'MUST',
    rule: 'go on behind a number that was given up by sw.skip',
    async run(bench) {
      const { link } = await bench.session()
      link.send(numbered(1, null), { type: 'sw.skip', sw: { n: 2 } }, numbered(3, null))
      await acked(link, 3)
    },
  },
  {
    id: 'sw/reply',
    need: 'MUST',
    rule: 'answer a request, here one of an unknown type, by sw.reply on the private topic',
    async run(bench) {
      const { link, welcome } = await bench.session()
      link.send(numbered(1, null, { rq: true }))
      const { c, o, re } = swOf(await link.next('sw.reply', ofType('sw.reply')))
      must(c === '#' && re === 1, `the reply is on ${String(c)}, to ${String(re)}`)
      must(o === welcome.cursor.offset + 1, `its offset is ${String(o)}, after ${welcome.cursor.offset}`)
      await acked(link, 1)
    },
  },
  {
    id: 'sw/resume',
    need: 'MUST',
    rule: 'resume a session whose link broke without a goodbye, and know the highest number',
    async run(bench) {
      const { link, cid, welcome } = await bench.session()
      link.send(numbered(1, null), numbered(2, null))
      await acked(link, 2)
      link.drop()
      const { sid, cursor } = welcome
      const again = await bench.session({ cid, sid, cursor, tx: 3 })
      must(again.welcome.st === 'resumed', `st is ${again.welcome.st}`)
      must(again.welcome.rx === 2, `rx is ${String(again.welcome.rx)}, not 2`)
      again.link.send(numbered(3, null))
      await acked(again.link, 3)
    },
  },
  {
    id: 'sw/resume-reply',
    need: 'MUST',
    rule: 'deliver again what the client has not seen of its private topic',
    async run(bench) {
      const { link, cid, welcome } = await bench.session()
      const { sid, cursor } = welcome
      link.send(numbered(1, null, { rq: true }))
      await link.next('sw.reply', ofType('sw.reply'))
      link.drop()
      const again = await bench.session({ cid, sid, cursor, tx: 2 })
      const reply = swOf(await again.link.next('sw.reply again', ofType('sw.reply')))
      must(reply['re'] === 1 && reply['o'] === cursor.offset + 1, `it came as ${JSON.stringify(reply)}`)
    },
  },
  {
    id: 'sw/resend',
    need: 'MUST',
    rule: 'not apply again what comes again over the next link',
    async run(bench) {
      const { link, cid, welcome } = await bench.session()
      const reader = await bench.session()
      const [one, two] = [bench.payload('one'), bench.payload('two')]
      await subscribe(bench, reader.link)
      await publish(bench, link, 1, one)
      link.drop()
      const again = await bench.session({ cid, sid: welcome.sid, cursor: welcome.cursor })
      for (const [n, data] of [one, two].entries()) again.link.send(numbered(n + 1, data, { c: bench.topic }))
      await published(bench, again.link, 2)
      await receive(bench, reader.link, [one, two])
    },
  },
  {
    id: 'sw/takeover',
    need: 'MUST',
    rule: 'hand a session over while its old link is open, and close the old one with 4009',
    async run(bench) {
      const { link, cid, welcome } = await bench.session()
      const { sid, cursor } = welcome
      const again = await bench.session({ cid, sid, cursor })
      must(again.welcome.st === 'resumed', `st is ${again.welcome.st}`)
      const code = await link.closed()
      must(code === 4009, `closed the old link with ${code}`)
      await again.link.pinged()
    },
  },
  {
    id: 'sw/unknown-session',
    need: 'MUST',
    rule: 'not resume a session it does not know',
    async run(bench) {
      const cursor = { epoch: 'conformance', offset: 3 }
      const { welcome } = await bench.session({ sid: `conformance-${bench.payload('').conformance}`, cursor })
      must(welcome.st !== 'resumed', 'resumed a session that was made up')
    },
  },
  {
    id: 'sw/foreign-session',
    need: 'MUST',
    rule: "not resume another user's session",
    async run(bench) {
      const { link, cid, welcome } = await bench.session()
      const { sid, cursor } = welcome
      const other = await bench.session({ cid, sid, cursor }, bench.otherToken())
      must(other.welcome.st !== 'resumed', 'resumed it')
      await link.pinged()
    },
  },
  {
    id: 'sw/foreign-client',
    need: 'SHOULD',
    rule: 'count the numbers of a client id for each user apart',
    async run(bench) {
      const { link, cid } = await bench.session()
      link.send(numbered(1, null))
      await acked(link, 1)
      const { welcome } = await bench.session({ cid }, bench.otherToken())
      must(!welcome.rx, `told another user rx ${welcome.rx}`)
    },
  },
  {
    id: 'sw/reauth',
    need: 'SHOULD',
    rule: 'take a fresh token on an open link',
    async run(bench) {
      const token = bench.token()
      const { link } = await bench.session()
      link.send({ type: 'sw.auth', sw: { token } })
      await link.next('sw.authd', ofType('sw.authd'))
    },
  },
]
