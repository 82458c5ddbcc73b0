/** One decoded message: what it is, and what it carries. */
export interface Envelope {
  readonly type: string
  readonly data: unknown
}
