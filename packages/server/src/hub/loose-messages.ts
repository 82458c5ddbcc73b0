import { call, isPromise } from './call.ts'
import type { HubCore } from './core.ts'
import type { HandlerContext, User } from './types.ts'

const MOST_RUNNING = 256

/** Messages without a number: handled as they come, and never told of. */
export class LooseMessages<U extends User> {
  readonly #core: HubCore<U>
  #running = 0

  constructor(core: HubCore<U>) {
    this.#core = core
  }

  /** False when too many handlers of this client have not ended. */
  handle(data: unknown, context: HandlerContext<U>): boolean {
    const { options, timers } = this.#core
    const handler = options.messages.get(context.type)
    if (!handler) return true
    if (this.#running >= MOST_RUNNING) return false
    const called = call(() => handler(data, context), timers, options.limits.handlerMs)
    if (isPromise(called)) {
      this.#running++
      const ended = called.then((done) => {
        this.#running--
        this.#core.loose.delete(ended)
        if (!done.ok) this.#core.problem('handler', done.error)
      })
      this.#core.loose.add(ended)
    } else if (!called.ok) this.#core.problem('handler', called.error)
    return true
  }
}
