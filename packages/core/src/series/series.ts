/** The points of a series rule: one contiguous column of numbers for each field, oldest point first. */
export interface Series<Field extends string = string> {
  /** How many points there are. */
  readonly length: number
  /** How many points there have ever been, those given up included. */
  readonly version: number
  /** By field, views of exactly `length` numbers: what the series held when this object was made, for good. Not to be written to. */
  readonly columns: { readonly [F in Field]: Float64Array }
  /** `{ version, length }`: what a store that is written down, or shown in devtools, holds of it. */
  toJSON(): { readonly version: number; readonly length: number }
}

export interface SeriesShape {
  readonly fields: readonly string[]
  /** Gives a point's number for each of the fields. */
  readonly readers: readonly ((point: unknown) => number)[]
  readonly limit: number
}

/** Numbers of all columns, one column after the other, shared by all objects that were made of it one after the other. */
interface Block {
  readonly numbers: Float64Array
  /** Numbers a column has room for. */
  readonly capacity: number
  /** Where the newest of them ends: what lies before it is never written again. */
  end: number
}

// Room for almost half as much again as is kept: below 24 bytes a point of two numbers, and each is copied twice in its life.
const ROOM = 1.49
const LEAST_ROOM = 64

interface Content {
  readonly fields: readonly string[]
  readonly block: Block
  readonly start: number
  readonly length: number
  readonly version: number
}

/** A view of a block. Adding points makes a new view, of the same block as long as there is room in it. */
export class SeriesView implements Series {
  readonly length: number
  readonly version: number
  readonly columns: Readonly<Record<string, Float64Array>>
  readonly #content: Content

  constructor(content: Content) {
    const { fields, block, start, length, version } = content
    this.length = length
    this.version = version
    const columns: Record<string, Float64Array> = {}
    for (let i = 0; i < fields.length; i++) {
      const from = i * block.capacity + start
      columns[fields[i]!] = block.numbers.subarray(from, from + length)
    }
    this.columns = Object.freeze(columns)
    this.#content = content
  }

  toJSON(): { readonly version: number; readonly length: number } {
    return { version: this.version, length: this.length }
  }

  /** Makes the view with points added, oldest first, of which the last `limit` are kept. Throws what a reader throws. */
  static extend(before: unknown, points: readonly unknown[], shape: SeriesShape): SeriesView {
    const { fields, readers, limit } = shape
    const content = before instanceof SeriesView ? before.#contentFor(fields) : undefined
    const added = Math.min(points.length, limit)
    const kept = Math.min(content?.length ?? 0, limit - added)
    const { block, start } = withRoom(content, { fields, kept, added })
    const { numbers, capacity } = block
    const skipped = points.length - added
    for (let field = 0; field < readers.length; field++) {
      const read = readers[field]!
      const at = field * capacity + start + kept
      for (let i = 0; i < added; i++) numbers[at + i] = read(points[skipped + i])
    }
    // Only now: should a reader throw, nobody has seen what was written.
    block.end = start + kept + added
    const version = (content?.version ?? 0) + points.length
    return new SeriesView({ fields, block, start, length: kept + added, version })
  }

  #contentFor(fields: readonly string[]): Content | undefined {
    const own = this.#content.fields
    const same = own.length === fields.length && own.every((field, index) => field === fields[index])
    return same ? this.#content : undefined
  }
}

interface Need {
  readonly fields: readonly string[]
  readonly kept: number
  readonly added: number
}

/** Finds a place for what is kept and what is added: in the block there is, or in a new one. */
function withRoom(content: Content | undefined, { fields, kept, added }: Need): Pick<Content, 'block' | 'start'> {
  if (content) {
    const { block, start, length } = content
    const end = start + length
    // Another end: points were added to an older view before (a replay), and its other heirs must not see these.
    if (block.end === end && end + added <= block.capacity) return { block, start: end - kept }
  }
  const capacity = Math.max(LEAST_ROOM, Math.floor((kept + added) * ROOM))
  const block: Block = { numbers: new Float64Array(capacity * fields.length), capacity, end: kept }
  if (content && kept > 0) {
    const from = content.start + content.length - kept
    for (let i = 0; i < fields.length; i++) {
      const column = i * content.block.capacity
      block.numbers.set(content.block.numbers.subarray(column + from, column + from + kept), i * capacity)
    }
  }
  return { block, start: 0 }
}
