/** The part of a Vuex store that the plugin uses: Vuex 3 and Vuex 4 alike. */
export interface VuexStore {
  // With `unknown`, `createStore({ plugins: [plugin] })` would infer `Store<unknown>` from it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly state: any
  /** Whether it objects to changes outside mutations. Public by name, if not by type. */
  strict?: boolean
  commit(type: string, payload?: unknown): void
  dispatch(type: string, payload?: unknown): Promise<unknown>
  registerModule(path: string[], module: object): void
  unregisterModule(path: string[]): void
  hasModule(path: string[]): boolean
  watch(getter: () => unknown, callback: (value: unknown, before: unknown) => void): () => void
  /** Vuex has no public way to ask whether a mutation exists. Its last releases are out, so the name is as good as fixed. */
  readonly _mutations?: object
  /** As `_mutations`. */
  readonly _actions?: object
}
