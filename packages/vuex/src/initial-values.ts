import { isPlain, toRaw } from './paths.ts'

type Values = Readonly<Record<string, unknown>>

/** Remembers what wired paths go back to. */
export class InitialValues {
  readonly #given: (() => Values) | undefined
  readonly #onFailure: (cause: unknown) => void
  readonly #kept = new Map<string, unknown>()

  /**
   * @param given Values that are known better than by looking; asked at each reset.
   * @param onFailure Hears what `given` throws; the kept values go without it then.
   */
  constructor(given: (() => Values) | undefined, onFailure: (cause: unknown) => void) {
    this.#given = given
    this.#onFailure = onFailure
  }

  has(path: string): boolean {
    return this.#kept.has(path)
  }

  /** Keeps a copy of a path's value. */
  keep(path: string, value: unknown): void {
    this.#kept.set(path, copyOf(value))
  }

  /** Returns fresh copies by path. */
  values(): Values {
    const kept = Object.fromEntries([...this.#kept].map(([path, value]) => [path, copyOf(value)]))
    try {
      return { ...kept, ...this.#given?.() }
    } catch (cause) {
      this.#onFailure(cause)
      return kept
    }
  }
}

/** Copies what live data is made of; anything else (class instances, functions) is shared. */
function copyOf(value: unknown): unknown {
  const raw = toRaw(value)
  if (Array.isArray(raw)) return raw.map(copyOf)
  if (raw instanceof Map) return new Map([...raw].map(([key, item]) => [key, copyOf(item)]))
  if (raw instanceof Set) return new Set(raw)
  return isPlain(raw) ? Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, copyOf(item)])) : raw
}
