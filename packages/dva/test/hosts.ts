// First: dva-core's CommonJS build needs it as a global as soon as a model has effects.
import 'regenerator-runtime/runtime.js'
import dva3 from 'dva'
import { create } from 'dva-core'
import dva2 from 'dva2'
import { createMemoryHistory } from 'history'
import type { Undeclared } from '@statewire/core'
import type { History } from '../src/index.ts'

export interface Action {
  readonly type: string
  readonly payload?: Undeclared
}

export interface Store {
  getState(): Readonly<Record<string, Undeclared>>
  dispatch(action: Action): Undeclared
  subscribe(listener: () => void): () => void
}

/** What the hosts have in common. */
export interface App {
  use(plugin: object): void
  model(model: object): void
  replaceModel(model: object): void
  unmodel(namespace: string): void
  start(): unknown
  readonly _store: Store
  readonly _history?: History & { push(path: string): void }
}

export interface Host {
  readonly name: string
  readonly create: (hooks: object) => App
}

const withRouter = (dva: (options: object) => unknown, hooks: object): App => {
  const app = dva({ history: createMemoryHistory(), ...hooks }) as App & { router(render: () => null): void }
  app.router(() => null)
  return app
}

export const bareCore: Host = { name: 'dva-core 2', create: (hooks) => create(hooks) as App }

/** Every dva that is supported, but umi, which is dva-core with another history. */
export const hosts: readonly Host[] = [
  bareCore,
  { name: 'dva 2.6', create: (hooks) => withRouter(dva2 as (options: object) => unknown, hooks) },
  { name: 'dva 3 alpha', create: (hooks) => withRouter(dva3 as (options: object) => unknown, hooks) },
]
