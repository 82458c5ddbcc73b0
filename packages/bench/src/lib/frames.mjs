/** Message types of a feed: each has its own key in the store. */
export const TYPES = ['quote', 'trade', 'depth', 'alert']

const SIZES = { '60 B': 60, '300 B': 300, '4 KB': 4_096 }

/** A short run has one size. */
export const sizesOf = ({ quick }) => (quick ? { '60 B': 60 } : SIZES)

/** What a WebSocket hands over. Made beforehand: making it is not what is measured. */
export class Arrival {
  type
  data
  constructor(type, { data }) {
    this.type = type
    this.data = data
  }
}

const FIELDS = 12
const shapes = new Map()

/** One message as a server sends it: `{"type":"quote","data":{"id":7,"price":101.25,…}}`, as long as wanted. */
export function messageText(type, { id, price, bytes }) {
  const key = `${type.length} ${bytes}`
  const { fields, pairs } = shapes.get(key) ?? shapeOf(key, type, bytes)
  const data = dataOf({ id, price }, fields, pairs)
  const missing = bytes - JSON.stringify({ type, data }).length - 9
  if (missing >= 0) data.pad = 'x'.repeat(missing)
  return JSON.stringify({ type, data })
}

/** Finds how many fields and pairs make a message of a size. */
function shapeOf(key, type, bytes) {
  const lengthOf = (fields, pairs) => {
    return JSON.stringify({ type, data: dataOf({ id: 0, price: 100 }, fields, pairs) }).length
  }
  let fields = 0
  while (fields < FIELDS && lengthOf(fields, 0) + 23 <= bytes) fields += 1
  let pairs = 0
  while (lengthOf(fields, pairs) + 40 <= bytes) pairs += 1
  const shape = { fields, pairs: fields < FIELDS ? 0 : pairs }
  shapes.set(key, shape)
  return shape
}

/** As market data is: short names, numbers; then a book of pairs. */
function dataOf({ id, price }, fields, pairs) {
  const data = { id, price }
  for (let field = 0; field < fields; field++) data[`f${field}`] = 1_000 + field + price
  if (pairs > 0) data.book = Array.from({ length: pairs }, (_, i) => [1_000 + i, price])
  return data
}

/** As many different messages, of all types in turn, with ids from 0 to `ids - 1`. */
export function messages(count, { bytes, ids = 100, types = TYPES }) {
  return Array.from({ length: count }, (_, index) => {
    const type = types[index % types.length]
    return messageText(type, { id: index % ids, price: 100 + (index % 97), bytes })
  })
}

export const arrivalsOf = (texts) => texts.map((data) => new Arrival('message', { data }))
