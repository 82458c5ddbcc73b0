import type { Undeclared } from '@statewire/core'

// The shapes that dva 2, dva 3, dva-core and umi 4 have in common. None of them is imported: dva-core ships no types, umi
// generates its own.

/** A Redux action. */
export interface Action {
  readonly type: string
  readonly [key: string]: Undeclared
}

export type Reducer = (state: Undeclared, action: Undeclared) => Undeclared

/** What wraps the reducer that dva makes of a model's reducers. */
export type ReducerEnhancer = (reducer: Reducer) => Reducer

export type Dispatch = (action: Undeclared) => Undeclared

/** The part of a router's history that is listened to. Bare dva-core has none. */
export interface History {
  listen(listener: (...args: Undeclared[]) => void): Undeclared
}

/** What dva hands to a subscription. */
export interface SubscriptionApi {
  dispatch: Dispatch
  history?: History
}

/** A subscription that says how to end it, at once: dva never calls what a promise resolves to. */
export type LiveSubscription = (api: SubscriptionApi) => () => void

/** An application's own subscription, as it is. */
export type Subscription = (api: Undeclared, onError: Undeclared) => unknown

/** An application's own effect, as it is: a generator function, or `[generator function, { type }]`. */
export type Effect = Undeclared

/** What Redux hands to a middleware. */
export interface MiddlewareStore {
  readonly dispatch: Dispatch
  readonly getState: () => Undeclared
}

/** A Redux middleware. */
export type Middleware = (store: MiddlewareStore) => (next: Dispatch) => Dispatch

/** A model as `app.model()` and umi's `src/models` take it. Made by `createStreamModel`. */
export interface StreamModel<State> {
  namespace: string
  state: State
  reducers: [reducers: Record<string, Reducer>, enhancer: ReducerEnhancer]
  effects: Record<string, Effect>
  subscriptions: Record<string, Subscription>
}
