import type { AnyClient } from '@statewire/core'
import { describe, expect, it } from 'vitest'
import { createApp, createSSRApp, effectScope, h } from 'vue'
import { renderToString } from '@vue/server-renderer'
import { statewire, useConnectionState, useLatest, useMessage, useSeries } from '../src/index.ts'
import { mount, setup } from './setup.ts'

const useAll = (heard: unknown[] = []) => {
  useMessage('ticker', (data) => heard.push(data))
  return { state: useConnectionState(), last: useLatest('ticker'), series: useSeries('ticker', { limit: 3 }) }
}

describe('the end of a composable', () => {
  it('comes with the component', async () => {
    const { client, send, paint } = await setup()
    const live = countLive(client)
    const heard: unknown[] = []
    const { app, result } = mount(client, () => useAll(heard))
    expect(live()).toBe(4)
    send(['ticker', 1])
    await paint()
    send(['ticker', 'waiting'])
    app.unmount()
    await paint()
    send(['ticker', 2])
    await client.disconnect()
    expect(live()).toBe(0)
    expect(heard).toEqual([1, 'waiting'])
    expect([result.last.value, result.series.value, result.state.value.status]).toEqual([1, [1], 'open'])
  })

  it('comes with an effect scope', async () => {
    const { client } = await setup()
    const live = countLive(client)
    const app = createApp({}).use(statewire(client))
    const scope = effectScope()
    app.runWithContext(() => scope.run(() => useAll()))
    expect(live()).toBe(4)
    scope.stop()
    expect(live()).toBe(0)
  })

  it('is asked for where there is none', async () => {
    const { client } = await setup()
    const app = createApp({}).use(statewire(client))
    expect(() => app.runWithContext(() => useLatest('ticker'))).toThrow(
      'useLatest("ticker") outside a component or an effect scope is not supported here. It could never end.',
    )
  })
})

describe('server-side rendering', () => {
  it('shows what is known and starts nothing, as nothing is unmounted there', async () => {
    const { client } = await setup()
    const live = countLive(client)
    const app = createSSRApp({
      setup() {
        const { state, last, series } = useAll()
        return () => h('p', `${state.value.status} ${String(last.value)} ${series.value.length}`)
      },
    }).use(statewire(client))
    expect(await renderToString(app)).toBe('<p>open undefined 0</p>')
    expect(live()).toBe(0)
  })
})

describe('$socket', () => {
  it('is the client, in templates and the Options API', async () => {
    const { client } = await setup()
    const found: unknown[] = []
    const app = createApp({
      created() {
        found.push(this.$socket)
      },
      render: () => '',
    }).use(statewire(client))
    app.mount(document.createElement('div'))
    expect(found[0]).toBe(client)
    app.unmount()
  })
})

/** Counts listeners and bindings that were started and not ended. */
function countLive(client: AnyClient): () => number {
  let live = 0
  const count = (end: () => void): (() => void) => {
    live++
    return () => {
      live--
      end()
    }
  }
  const { on, onMessage, bind } = {
    on: client.on.bind(client),
    onMessage: client.onMessage.bind(client),
    bind: client.bind.bind(client),
  }
  Object.assign(client, {
    on: (...args: Parameters<typeof on>) => count(on(...args)),
    onMessage: (...args: Parameters<typeof onMessage>) => count(onMessage(...args)),
    bind: (...args: Parameters<typeof bind>) => {
      const binding = bind(...args)
      return { ...binding, stop: count(() => binding.stop()) }
    },
  })
  return () => live
}
