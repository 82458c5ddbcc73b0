import { describe, expect, it } from 'vitest'
import { createSSRApp, h, nextTick, ref, type App } from 'vue'
import { renderToString } from '@vue/server-renderer'
import { connected } from '../../core/test/session/setup.ts'
import { statewire, useChannel, type UsedChannel } from '../src/index.ts'
import { mount } from './setup.ts'

describe('useChannel', () => {
  it('hears the messages of its topic, publishes, and knows its status', async () => {
    const { client, grant, say, sent } = await connected()
    const seen: unknown[] = []
    const { result, html } = mount(
      client,
      () => useChannel('room', ({ data }) => seen.push(data)),
      ({ status }) => status.value,
    )
    expect(result.status.value).toBe('subscribing')
    await grant('room')
    say('room', 11)
    await nextTick()
    expect([seen, html()]).toEqual([[11], 'subscribed'])
    void result.publish('say', 'hello')
    expect(sent().at(-1)).toMatchObject({ type: 'say', data: 'hello', sw: { c: 'room' } })
  })

  it('F119 shares one subscription among components, which ends one task after the last of them', async () => {
    const { client, grant, say, sent, wishes, clock } = await connected()
    const seen: string[] = []
    const mountOne = (name: string): App => mount(client, () => useChannel('room', () => seen.push(name))).app
    const [one, two] = [mountOne('one'), mountOne('two')]
    await grant('room')
    say('room', 11)
    one.unmount()
    clock.advance(0)
    say('room', 12)
    expect([seen, wishes().length]).toEqual([['one', 'two', 'two'], 1])
    two.unmount()
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
  })

  it('follows a topic that changes, at once', async () => {
    const { client, grant, say, clock, sent } = await connected()
    const id = ref(1)
    const seen: unknown[] = []
    const { result } = mount(client, () =>
      useChannel(
        () => `room:${id.value}`,
        ({ data }) => seen.push(data),
      ),
    )
    await grant('room:1')
    id.value = 2
    say('room:1', 11, 'of 1')
    expect(result.status.value).toBe('subscribing')
    await grant('room:2')
    say('room:2', 11, 'of 2')
    clock.advance(0)
    expect(seen).toEqual(['of 2'])
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room:1' } })
  })

  it('tells of a resync', async () => {
    const { client, grant, control } = await connected()
    const resyncs: unknown[] = []
    mount(client, () => useChannel('room', undefined, { onResync: ({ why }) => resyncs.push(why) }))
    await grant('room')
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    expect(resyncs).toEqual(['slow'])
  })

  it('does nothing on a server', async () => {
    const { client, wishes, settle } = await connected()
    const found: UsedChannel[] = []
    const app = createSSRApp({
      setup() {
        found.push(useChannel('room'))
        return () => h('p', found[0]!.status.value)
      },
    }).use(statewire(client))
    expect(await renderToString(app)).toBe('<p>idle</p>')
    await settle()
    expect(wishes()).toEqual([])
  })
})
