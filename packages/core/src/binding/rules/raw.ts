// Non-enumerable, so that copies, JSON and equality do not see it. What Vue's `markRaw` sets; Vue 2.7 and 3 both honour it.
// https://github.com/vuejs/core/blob/main/packages/reactivity/src/reactive.ts
const MARK = '__v_skip'
const MARKED: PropertyDescriptor = { value: true, enumerable: false, configurable: true, writable: false }

/**
 * Marks a value as raw: Vue makes neither it nor what is in it reactive, and deep watchers do not walk through it.
 * Primitives and objects that can get no mark (frozen ones, which Vue leaves alone as well) are returned as they are.
 */
export function markRaw<Value>(value: Value): Value {
  // Reactive already: marking what is behind the proxy would break what the application shares with others.
  if (!isObject(value) || value['__v_raw'] !== undefined) return value
  // Reflect, not Object: a frozen value answers false and does not throw.
  Reflect.defineProperty(value, MARK, MARKED)
  return value
}

/**
 * Marks a value as raw and freezes it, shallowly, if it is a plain object: a write to what does not react fails loudly.
 * Arrays stay open: copying a frozen one is some seventy times slower. So does whatever has a class of its own.
 */
export function sealRaw<Value>(value: Value): Value {
  markRaw(value)
  if (isPlain(value)) Object.freeze(value)
  return value
}

/**
 * Makes what lies in a raw value raw as well. Plain objects are only frozen: Vue leaves frozen ones alone, no deep watcher
 * comes as far as here, and the mark would cost six times as much again.
 */
export function sealPart<Value>(value: Value): Value {
  return isPlain(value) ? Object.freeze(value) : markRaw(value)
}

/** Returns what stands behind one of Vue's proxies, so that copies do not hold proxies. Other values come back as they are. */
export function toRaw(value: unknown): unknown {
  return isObject(value) ? (value['__v_raw'] ?? value) : value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
