import { isThenable } from '../lib/emitter.ts'
import { has } from '../lib/own.ts'
import type { CompiledEntry, CompiledRule } from './compile-wire.ts'
import { isObject, markRaw, sealRaw } from './rules/raw.ts'
import { put, type Scratch } from './rules/built-in.ts'
import { settled } from './rules/row-changes.ts'

export type State = Record<string, unknown>

/** Messages that one entry's rules take together, oldest first. */
export interface Run {
  readonly entry: CompiledEntry
  readonly data: unknown[]
}

/** Hears what goes wrong, as often as it does. */
export interface Faults {
  failed(rule: CompiledRule, fault: { readonly entry: CompiledEntry; readonly error: unknown }): void
  missing(key: string, entry: CompiledEntry): void
}

export interface Application {
  readonly runs: readonly Run[]
  readonly faults: Faults
  /** Whether a rule may give changes of a value instead of a new one. */
  readonly inPlace: boolean
  /** Gives what a property of the state stands for. */
  readonly unwrap: ((value: unknown) => unknown) | undefined
}

/** One application of a batch: runs the rules over a working copy, so that later ones see what earlier ones made. */
export class ApplyPass {
  readonly #state: State
  readonly #runs: readonly Run[]
  readonly #faults: Faults
  readonly #inPlace: boolean
  readonly #unwrap: Application['unwrap']
  readonly #working: State
  /** What the working copy began with. */
  readonly #before: State
  // As often as they were written: a set would cost more than looking at one twice.
  readonly #written: string[] = []
  // With a single run nothing is written twice.
  readonly #scratch: Scratch | undefined
  #view: State | undefined

  constructor(state: State, { runs, faults, inPlace, unwrap }: Application) {
    this.#state = state
    this.#runs = runs
    this.#faults = faults
    this.#inPlace = inPlace
    this.#unwrap = unwrap
    this.#before = this.#copy()
    this.#working = { ...this.#before }
    this.#scratch = runs.length > 1 ? new Set() : undefined
  }

  #read(key: string): unknown {
    const value = this.#state[key]
    return this.#unwrap ? this.#unwrap(value) : value
  }

  /** Copies what the rules may look at: the keys they declare, or everything as soon as one of them declares none. */
  #copy(): State {
    const copy: State = {}
    for (const { entry } of this.#runs) {
      for (const { keys = Object.keys(this.#state) } of entry.rules) {
        for (const key of keys) if (!has(copy, key) && has(this.#state, key)) put(copy, key, this.#read(key))
      }
    }
    return copy
  }

  /** Returns the keys whose value is another one than in the state. */
  run(): State {
    for (const { entry, data } of this.#runs) {
      for (const rule of entry.rules) this.#runRule(rule, entry, data)
    }
    for (const made of this.#scratch ?? []) sealRaw(made)
    const changed: State = {}
    for (const key of this.#written) {
      if (!Object.is(this.#working[key], this.#before[key])) put(changed, key, this.#working[key])
    }
    return changed
  }

  #runRule(rule: CompiledRule, entry: CompiledEntry, data: readonly unknown[]): void {
    try {
      this.#merge(this.#call(rule, rule.lastOnly && data.length > 1 ? data.slice(-1) : data), rule, entry)
    } catch (error) {
      this.#faults.failed(rule, { entry, error })
      // Message by message, so that a bad one costs only itself, however many came with it in this flush.
      if (data.length > 1) for (const one of data) this.#runRule(rule, entry, [one])
    }
  }

  #call(rule: CompiledRule, data: readonly unknown[]): unknown {
    if (rule.builtIn) return rule.run(this.#working, data, this.#scratch, this.#inPlace)
    const result: unknown = rule.run(this.#viewOf(), data)
    if (!isThenable(result)) return result
    result.then(undefined, () => {})
    throw new TypeError('A rule returned a promise. Rules are synchronous: wire an action for what takes time.')
  }

  #merge(changes: unknown, rule: CompiledRule, entry: CompiledEntry): void {
    if (!isObject(changes)) return
    for (const key of Object.keys(changes)) {
      // A rule that declares keys and writes others.
      if (!has(this.#working, key) && !this.#adopt(key)) {
        this.#faults.missing(key, entry)
        continue
      }
      const value = changes[key]
      if (Object.is(value, this.#working[key])) continue
      put(this.#working, key, rule.builtIn ? value : markRaw(value))
      this.#written.push(key)
    }
  }

  #adopt(key: string): boolean {
    if (!has(this.#state, key)) return false
    const value = this.#read(key)
    put(this.#before, key, value)
    put(this.#working, key, value)
    return true
  }

  /** What the application's own rules see: readonly, and no longer ours to change once they have seen it. */
  #viewOf(): State {
    const scratch = this.#scratch
    if (!scratch) {
      const view = { ...this.#working }
      for (const key of this.#written) put(view, key, settled(view[key]))
      return Object.freeze(view)
    }
    return (this.#view ??= viewOf(this.#working, (value) => {
      if (isObject(value) && scratch.delete(value)) sealRaw(value)
      return settled(value)
    }))
  }
}

/** @param shown What is shown of a value, each time it is looked at. */
function viewOf(working: State, shown: (value: unknown) => unknown): State {
  const view: State = {}
  for (const key of Object.keys(working)) {
    const get = (): unknown => shown(working[key])
    Object.defineProperty(view, key, { get, enumerable: true, configurable: true })
  }
  return view
}
