import { ofType } from './bench.ts'
import { must, type Check } from './check.ts'
import { askFor, mustFollow, publish, receive, subscribe } from './conversation.ts'

/** Topics: live, without a hole, and recovered. */
export const TOPIC_CHECKS: readonly Check[] = [
  {
    id: 'sw/subscribe',
    need: 'MUST',
    rule: 'answer a wish by sw.subd of the same id, with the place where the topic goes on',
    async run(bench) {
      const { link } = await bench.session()
      const { st, cursor } = await subscribe(bench, link)
      must(st === 'new' && cursor !== undefined, `st is ${String(st)}, cursor is ${JSON.stringify(cursor)}`)
    },
  },
  {
    id: 'sw/offsets',
    need: 'MUST',
    rule: 'number what is published without a hole, from the place of sw.subd on, the same for all',
    async run(bench) {
      const [reader, writer] = [await bench.session(), await bench.session()]
      const { cursor } = await subscribe(bench, reader.link)
      await subscribe(bench, writer.link)
      const payloads = ['one', 'two', 'three'].map((name) => bench.payload(name))
      for (const [index, payload] of payloads.entries()) await publish(bench, writer.link, index + 1, payload)
      const offsets = await receive(bench, reader.link, payloads)
      mustFollow(offsets, cursor?.offset)
      const same = await receive(bench, writer.link, payloads)
      must(same.join() === offsets.join(), `another subscriber sees offsets ${same.join(', ')}`)
    },
  },
  {
    id: 'sw/recover',
    need: 'MUST',
    rule: 'deliver what was missed after a cursor, then go on live, each once',
    async run(bench) {
      const [reader, writer] = [await bench.session(), await bench.session()]
      const { cursor } = await subscribe(bench, reader.link)
      reader.link.drop()
      const payloads = ['one', 'two', 'live'].map((name) => bench.payload(name))
      for (const [index, payload] of payloads.slice(0, 2).entries())
        await publish(bench, writer.link, index + 1, payload)
      const again = await bench.session()
      const { st } = await subscribe(bench, again.link, cursor)
      must(st === 'resumed', `st is ${String(st)}`)
      await publish(bench, writer.link, 3, payloads[2])
      mustFollow(await receive(bench, again.link, payloads), cursor?.offset)
    },
  },
  {
    id: 'sw/other-epoch',
    need: 'MUST',
    rule: 'say that messages are lost to whom comes with a cursor of another log, or beyond the end',
    async run(bench) {
      const { link } = await bench.session()
      const other = await subscribe(bench, link, { epoch: 'conformance', offset: 1 })
      must(other.st === 'lost' && other.cursor !== undefined, `another epoch: st is ${String(other.st)}`)
      const { link: second } = await bench.session()
      const beyond = { epoch: other.cursor.epoch, offset: other.cursor.offset + 1_000_000 }
      const { st } = await subscribe(bench, second, beyond)
      must(st === 'lost', `a cursor beyond the end: st is ${String(st)}`)
    },
  },
  {
    id: 'sw/unsubscribe',
    need: 'MUST',
    rule: 'deliver nothing more after sw.unsub',
    async run(bench) {
      const { link } = await bench.session()
      await subscribe(bench, link)
      link.send({ type: 'sw.unsub', sw: { id: 1, c: bench.topic } })
      const payload = bench.payload('unwanted')
      await publish(bench, link, 1, payload)
      const received = await link.quiet(bench.options.quietMs)
      const found = received.some(({ message }) => JSON.stringify(message?.['data']) === JSON.stringify(payload))
      must(!found, 'delivered a publication')
    },
  },
  {
    id: 'sw/private-topic',
    need: 'MUST',
    rule: 'let nobody subscribe or publish to the private topic by its name',
    async run(bench) {
      const { link } = await bench.session()
      const { st } = await askFor(link, { id: 2, c: '#' })
      must(st === 'denied', `st is ${String(st)}`)
      link.send({ type: 'conformance', data: null, sw: { n: 1, c: '#' } })
      await link.next('sw.nack', ofType('sw.nack'))
    },
  },
]
