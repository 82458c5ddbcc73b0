import { toRaw, unref } from 'vue'
import type { StateTree } from 'pinia'

/** What decides a store's initial state. */
export interface InitialStateOptions {
  readonly state?: (() => StateTree) | undefined
  readonly wireInitial?: (() => StateTree) | undefined
}

/** A store's initial state, fresh at each call. */
export interface InitialState {
  readonly base: () => StateTree
  /** What the application said it is instead, for some keys. May throw. */
  readonly given: () => StateTree
}

/** Finds a store's initial state. Setup stores cannot be asked for theirs again, so what they hold now is copied. */
export function initialStateOf({ state, wireInitial }: InitialStateOptions, current: StateTree): InitialState {
  return { base: state ?? snapshot(current), given: () => ({ ...wireInitial?.() }) }
}

/** Returns what a property of a store's raw state stands for: without its ref, if it is one, and without Vue's proxy. */
export function plain(value: unknown): unknown {
  return toRaw(unref(value))
}

function snapshot(current: StateTree): () => StateTree {
  const kept = copyOf(toRaw(current)) as StateTree
  return () => copyOf(kept) as StateTree
}

/** Copies what live data is made of; anything else (class instances, functions) is shared. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(toRaw(item)))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, copyOf(toRaw(item))]))
  if (value instanceof Set) return new Set(value)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(plain(item))]))
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
