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

/** One message as a server sends it: `{"type":"quote","data":{"id":7,"price":101.25,…}}`, as long as wanted. */
export function messageText(type, { id, price, bytes }) {
  const data = { id, price }
  const length = () => JSON.stringify({ type, data }).length
  // Fields as they are in market data: short names, numbers; then a book of pairs.
  for (let field = 0; field < 12 && length() + 23 <= bytes; field++) data[`f${field}`] = 1_000 + field + price
  if (length() + 60 < bytes) data.book = []
  while (data.book && length() + 16 <= bytes) data.book.push([1_000 + data.book.length, price])
  const missing = bytes - length() - 9
  if (missing >= 0) data.pad = 'x'.repeat(missing)
  return JSON.stringify({ type, data })
}

/** As many different messages, of all types in turn, with ids from 0 to `ids - 1`. */
export function messages(count, { bytes, ids = 100, types = TYPES }) {
  return Array.from({ length: count }, (_, index) => {
    const type = types[index % types.length]
    return messageText(type, { id: index % ids, price: 100 + (index % 97), bytes })
  })
}

export const arrivalsOf = (texts) => texts.map((data) => new Arrival('message', { data }))
