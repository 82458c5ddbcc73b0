import { defineStore } from 'pinia'
import { describe, expect, it } from 'vitest'
import { effect, nextTick, stop, watch } from 'vue'
import { countLive, setup } from './setup.ts'
import { useMonitor } from './stores.ts'

describe('piniaStatewire', () => {
  it('makes one $patch of 1,000 messages in one frame', async () => {
    const { pinia, send } = await setup()
    const store = useMonitor(pinia)
    const mutations: string[] = []
    store.$subscribe(({ type }) => mutations.push(type), { flush: 'sync' })
    await send(...Array.from({ length: 1_000 }, (_, index) => ['point', index] as const))
    expect(mutations).toEqual(['patch function'])
    expect(store.dd).toHaveLength(300)
    expect(store.dd.at(-1)).toBe(999)
  })

  it('does not patch when nothing changes', async () => {
    const { pinia, send } = await setup()
    const useIdle = defineStore('idle', { state: () => ({ n: 0 }), wire: { nothing: () => ({}) } })
    const store = useIdle(pinia)
    let patches = 0
    store.$subscribe(() => patches++)
    await send(['nothing', 1])
    expect(patches).toBe(0)
  })

  it('updates components through getters and watchers like any other change', async () => {
    const { pinia, send } = await setup()
    const store = useMonitor(pinia)
    const seen: unknown[] = []
    watch(
      () => store.last,
      (value) => seen.push(value),
      { flush: 'sync' },
    )
    await send(['ticker', 1], ['ticker', 2])
    await send(['ticker', 3])
    expect(seen).toEqual([2, 3])
  })

  it('leaves Pinia able to hear direct changes when a synchronous subscriber throws', async () => {
    const { pinia, send, problems } = await setup()
    const store = useMonitor(pinia)
    const heard: string[] = []
    let failing = true
    store.$subscribe(({ type }) => {
      heard.push(type)
      if (failing) throw new Error('a subscriber of the application')
    })
    await send(['ticker', 1])
    failing = false
    store.own = 'changed'
    await nextTick()
    expect(heard).toEqual(['patch function', 'direct'])
    expect(problems.map(({ message }) => message)).toEqual([
      'A callback of the application failed: a subscriber of store "monitor" (see cause).',
    ])
  })

  it('lands the rest and leaves Pinia able to hear when a synchronous effect throws inside the $patch', async () => {
    const { pinia, send, problems } = await setup()
    const store = useMonitor(pinia)
    const heard: string[] = []
    store.$subscribe(({ type }) => heard.push(type))
    const runner = effect(() => {
      if (store.last !== null) throw new Error('an effect of the application')
    })
    await send(['ticker', 1], ['point', 2])
    stop(runner)
    store.own = 'changed'
    await nextTick()
    expect({ ...store.$state }).toEqual({ last: 1, dd: [2], unread: 0, own: 'changed' })
    expect([heard, problems.map(({ code }) => code)]).toEqual([['patch function', 'direct'], ['CALLBACK']])
  })

  it('binds nothing for a store without wire', async () => {
    const { pinia, client } = await setup()
    const useOwn = defineStore('own', { state: () => ({ n: 0 }) })
    const live = countLive(client)
    useOwn(pinia).$wire.stop()
    expect(live()).toBe(0)
  })
})

describe('$wire', () => {
  it('holds messages back while paused', async () => {
    const { pinia, frames, send } = await setup()
    const store = useMonitor(pinia)
    store.$wire.pause()
    await send(['point', 1])
    expect(store.dd).toEqual([])
    store.$wire.resume()
    frames.paint()
    expect(store.dd).toEqual([1])
  })

  it('ends for good', async () => {
    const { pinia, send } = await setup()
    const store = useMonitor(pinia)
    store.$wire.stop()
    store.$wire.resume()
    await send(['point', 1])
    expect(store.dd).toEqual([])
  })
})
