import { StatewireError, type AnyClient, type AnyWire, type Batch, type Call, type Sink } from '@statewire/core'
import { ACTIONS, type Landing } from './landing.ts'
import type { DispatchCall } from './calls.ts'
import type { Dispatch } from './types.ts'
import { callsAndRules } from './wire-parts.ts'

export interface ModelSinkOptions {
  readonly namespace: string
  readonly client: AnyClient
  readonly wire: AnyWire
  /** Takes the messages of this topic only. */
  readonly channel: string | undefined
  readonly landing: Landing
  /** Short names of the model's own reducers and effects. */
  readonly targets: Targets
}

export interface Targets {
  readonly reducers: ReadonlySet<string>
  readonly effects: ReadonlySet<string>
}

/** Writes one client's messages into one running model. */
export class ModelSink implements Sink {
  readonly name: string
  readonly #options: ModelSinkOptions
  readonly #dispatch: () => Dispatch | undefined

  /**
   * @param dispatch the one that dva gave to the model's subscription, while its application is there: it adds the namespace to
   * what the model declares.
   */
  constructor(options: ModelSinkOptions, dispatch: () => Dispatch | undefined) {
    this.name = options.namespace
    this.#options = options
    this.#dispatch = dispatch
  }

  /** Reports reducers and effects that the wire names and the model does not have; core does the same for state keys. */
  check(): void {
    for (const { type, call } of callsAndRules(this.#options.wire)) {
      if (!call || this.#has(call)) continue
      const details = { target: call.call, messageType: type, store: this.name }
      this.#options.client.report(new StatewireError('NO_TARGET', details))
    }
  }

  commit(batch: Batch): void {
    const { landing, channel } = this.#options
    this.#dispatch()?.({ type: ACTIONS.messages, payload: landing.messagesOf(batch, channel) })
  }

  reset(): void {
    // All keys go back together with those of the plain wire.
    if (this.#options.channel !== undefined) return
    this.#dispatch()?.({ type: ACTIONS.reset, payload: this.#options.landing.resetKeys() })
  }

  call(call: Call, data: unknown): void {
    const { call: name, kind, payload } = call as DispatchCall
    if (!this.#has(call as DispatchCall)) return
    const result: unknown = this.#dispatch()?.({ type: this.#shortName(name), payload: payload ? payload(data) : data })
    if (!(result instanceof Promise)) return
    result.catch((cause: unknown) => {
      const where = `${kind} "${name}" of store "${this.name}"`
      this.#options.client.report(new StatewireError('CALLBACK', { where }, { cause }))
    })
  }

  #has({ call, kind }: DispatchCall): boolean {
    const name = this.#shortName(call)
    const { reducers, effects } = this.#options.targets
    if (name.includes('/') && !reducers.has(name)) return true
    return effects.has(name) || (kind === 'dispatchEach' && reducers.has(name))
  }

  /** Without the model's own namespace: dva warns of it. */
  #shortName(name: string): string {
    const prefix = `${this.name}/`
    return name.startsWith(prefix) ? name.slice(prefix.length) : name
  }
}
