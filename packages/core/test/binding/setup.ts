import { FakeClock, FakeFrames } from '@statewire/testing'
import { Binder, type BinderDeps } from '../../src/binding/binder.ts'
import type { Batch, Call, Sink } from '../../src/binding/sink.ts'
import type { StatewireError } from '../../src/lib/errors.ts'
import type { FlushOption } from '../../src/options.ts'
import type { Envelope } from '../../src/protocol/envelope.ts'
import type { Undeclared } from '../../src/protocol/define-protocol.ts'

export type Plain = Record<string, unknown>

/** A store of the simplest kind, which writes down what happens to it. */
export interface FakeStore {
  readonly sink: Sink<Undeclared>
  readonly state: Plain
  /** The changes of each commit. */
  readonly commits: Plain[]
  /** What was called, and with what. */
  readonly calls: (readonly [call: string, data: unknown])[]
  readonly resets: number
}

export interface StoreHooks {
  readonly name?: string
  readonly onCommit?: (batch: Batch) => void
  readonly onCall?: (call: Call, data: unknown) => unknown
  readonly onReset?: () => void
}

export function createStore(state: Plain, { name = 'monitor', onCommit, onCall, onReset }: StoreHooks = {}): FakeStore {
  const commits: Plain[] = []
  const calls: (readonly [string, unknown])[] = []
  const store = { state: { ...state }, commits, calls, resets: 0 }
  const sink: Sink<Undeclared> = {
    name,
    commit(batch) {
      const changes = batch.apply(store.state)
      store.state = { ...store.state, ...changes }
      commits.push(changes)
      onCommit?.(batch)
    },
    reset() {
      store.resets += 1
      store.state = { ...state }
      onReset?.()
    },
    call(call, data) {
      calls.push([call.call, data])
      return onCall?.(call, data) as undefined
    },
  }
  return Object.assign(store, { sink })
}

export function createBinderSetup(flush: FlushOption = 'frame', overrides: Partial<BinderDeps> = {}) {
  const clock = new FakeClock()
  const frames = new FakeFrames()
  const problems: StatewireError[] = []
  const binder = new Binder({
    flush,
    budgetMs: 8,
    hidden: () => false,
    clock,
    frames,
    report: (problem) => problems.push(problem),
    mayHold: () => true,
    read: (frame) => JSON.parse(frame) as Envelope,
    ...overrides,
  })
  const send = (type: string, data?: unknown, bytes = 10): boolean => binder.deliver({ type, data }, bytes)
  return { clock, frames, problems, binder, send, codes: () => problems.map(({ code }) => code) }
}

export function callTo(call: string, batch = false): Call {
  return { call, kind: 'action', batch }
}
