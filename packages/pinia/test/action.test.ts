import { latest } from '@statewire/core'
import { defineStore } from 'pinia'
import { describe, expect, it } from 'vitest'
import { action } from '../src/index.ts'
import { setup } from './setup.ts'

describe('action', () => {
  it('calls an action of the store after the commit, once per message, as Pinia calls it', async () => {
    const { pinia, send } = await setup()
    const calls: unknown[] = []
    const useAlarm = defineStore('alarm', {
      state: () => ({ last: 0 }),
      actions: {
        ring(level: number) {
          calls.push([level, this.last])
        },
        ringAll(levels: readonly number[]) {
          calls.push(levels)
        },
      },
      wire: { alarm: [latest('last'), action('ring')], many: action('ringAll', { batch: true }) },
    })
    const store = useAlarm(pinia)
    const observed: string[] = []
    store.$onAction(({ name }) => void observed.push(name))
    await send(['alarm', 1], ['alarm', 2], ['many', 3], ['many', 4])
    expect(calls).toEqual([
      [1, 2],
      [2, 2],
      [3, 4],
    ])
    expect(observed).toEqual(['ring', 'ring', 'ringAll'])
  })

  it('reports an action that throws or rejects, and calls the next', async () => {
    const { pinia, send, problems } = await setup()
    const useAlarm = defineStore('alarm', {
      state: () => ({ calls: 0 }),
      actions: {
        ring() {
          this.calls++
          throw new Error('thrown')
        },
        async call() {
          this.calls++
          throw new Error('rejected')
        },
      },
      wire: { ring: action('ring'), call: action('call') },
    })
    const store = useAlarm(pinia)
    await send(['ring', 1], ['call', 2], ['ring', 3])
    expect(store.calls).toBe(3)
    expect(problems.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
      ['CALLBACK', 'thrown'],
      ['CALLBACK', 'thrown'],
      ['CALLBACK', 'rejected'],
    ])
  })

  it('reports an action that the store does not have once, when the store is created', async () => {
    const { pinia, send, problems } = await setup()
    // As JavaScript would: TypeScript rejects it.
    const useAlarm = defineStore('alarm', { state: () => ({ n: 0 }), wire: { ring: action('ring') as never } })
    useAlarm(pinia)
    await send(['ring', 1], ['ring', 2])
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['NO_TARGET', { target: 'ring', messageType: 'ring', store: 'alarm' }],
    ])
  })

  it.each([[null], [5], [{ batch: 'yes' }]])('refuses %j as options', (options) => {
    expect(() => action('ring', options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})
