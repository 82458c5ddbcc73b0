export function has(object: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, key)
}

/** Reads an own property; what a prototype has does not count, so that names from the wire meet data only. */
export function own(object: object, key: string): unknown {
  return has(object, key) ? (object as Record<string, unknown>)[key] : undefined
}
