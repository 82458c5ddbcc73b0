/** A promise that was broken. */
export interface Violation<Kind extends string = string> {
  readonly kind: Kind
  /** What broke it, in words: the sender and message, the receiver and offset, or the resource. */
  readonly text: string
}
