import * as core from '@statewire/core'
import { describeSinkContract, type SinkContractState } from '@statewire/testing/contracts'
import createImmer from 'dva-immer'
import { createStreamModel, type StreamModelOptions } from '../src/index.ts'
import { hosts } from './hosts.ts'
import { startApp } from './setup.ts'

for (const host of hosts) {
  for (const [with_, plugins] of [
    ['', []],
    [' with dva-immer', [createImmer()]],
  ] as const) {
    describeSinkContract(`${host.name}${with_}`, core, ({ client, wire, state }) => {
      const options: StreamModelOptions<SinkContractState, core.AnyProtocolTypes> = {
        namespace: 'live',
        state: state(),
        wire,
      }
      const app = startApp({ host, plugins, models: [createStreamModel(client, options)] })
      let kept = app.state('live')
      let changes = 0
      const ends: (() => void)[] = []
      app._store.subscribe(() => {
        const now = app.state('live')
        if (now !== undefined && now !== kept) changes++
        kept = now ?? kept
      })
      return {
        state: () => kept,
        changes: () => changes,
        subscribe: (listener) => void ends.push(app._store.subscribe(listener)),
        dispose: () => {
          // `unmodel` dispatches, and passes on what a subscriber throws.
          for (const end of ends) end()
          if (app.state('live') !== undefined) app.unmodel('live')
        },
      }
    })
  }
}
