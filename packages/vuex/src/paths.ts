type Values = Record<string, unknown>

/** Where a path leads: an object that is there, and an own key of it. */
export interface Place {
  readonly holder: Values
  readonly key: string
}

/**
 * Finds what a path names: an own key of the state itself, or segments between slashes, each an own key. Returns undefined
 * when there is no such thing now, or when it lies inside a value that a rule wrote: that one is replaced, never changed.
 */
export function locate(state: unknown, path: string): Place | undefined {
  return locator(state)(path)
}

/** As `locate`, for many paths: each module is looked up once. Good only until a module or a value around one is replaced. */
export function locator(state: unknown): (path: string) => Place | undefined {
  if (!isObject(state)) return () => undefined
  const holders = new Map<string, Values | undefined>()
  return (path) => {
    if (has(state, path)) return { holder: state, key: path }
    const end = path.lastIndexOf('/')
    if (end < 0) return undefined
    const parent = path.slice(0, end)
    if (!holders.has(parent)) holders.set(parent, holderAt(state, parent.split('/')))
    const [holder, key] = [holders.get(parent), path.slice(end + 1)]
    return holder && has(holder, key) ? { holder, key } : undefined
  }
}

function holderAt(state: Values, segments: readonly string[]): Values | undefined {
  let holder = state
  for (const segment of segments) {
    const next = has(holder, segment) ? holder[segment] : undefined
    if (!isObject(next) || isRaw(next)) return undefined
    holder = next
  }
  return holder
}

/** Returns what stands behind Vue 3's proxy; Vue 2 has none. */
export function toRaw(value: unknown): unknown {
  return isObject(value) ? (value['__v_raw'] ?? value) : value
}

/**
 * A state as an object whose keys are paths. Nothing is read before it is asked for, and what is read is neither tracked by Vue
 * nor wrapped in its proxies. Readonly, and good only until the state changes.
 *
 * @param isModule Tells the objects whose keys are listed at any depth; others are looked into where they hang at the root.
 */
export function flatView(state: unknown, isModule: (path: readonly string[]) => boolean): Values {
  const root = toRaw(state)
  const locateIn = locator(root)
  // A batch asks several times about each path.
  const places = new Map<string, Place | undefined>()
  const find = (path: string | symbol): Place | undefined => {
    if (typeof path !== 'string') return undefined
    if (!places.has(path)) places.set(path, locateIn(path))
    return places.get(path)
  }
  return new Proxy<Values>(
    {},
    {
      get: (_, path) => valueAt(find(path)),
      has: (_, path) => find(path) !== undefined,
      ownKeys: () => [...new Set(pathsIn(root, isModule))],
      getOwnPropertyDescriptor(_, path) {
        const place = find(path)
        return place && { value: valueAt(place), enumerable: true, configurable: true, writable: false }
      },
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
    },
  )
}

function valueAt(place: Place | undefined): unknown {
  return place && toRaw(place.holder[place.key])
}

function* pathsIn(
  state: unknown,
  isModule: (path: readonly string[]) => boolean,
  parents: readonly string[] = [],
): Generator<string> {
  if (!isObject(state)) return
  for (const key of Object.keys(state)) {
    const path = [...parents, key]
    yield path.join('/')
    const value = toRaw(state[key])
    const isOpen = parents.length === 0 ? isPlain(value) && !isRaw(value) : isModule(path)
    if (isOpen) yield* pathsIn(value, isModule, path)
  }
}

// Asked of what is behind Vue's proxy, which takes ten times as long to tell.
function has(target: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(toRaw(target), key)
}

function isRaw(value: Values): boolean {
  return value['__v_skip'] === true
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null
}

/** True for objects without a class. */
export function isPlain(value: unknown): value is Values {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
