/**
 * An error with a code. Thrown by a handler, its code and message reach the client (other errors reach it as `failed`, without their
 * message). Thrown by this package: `INVALID_OPTION`, `INVALID_TYPE`, `INVALID_TOPIC`, `ENCODE`, `CLOSED`.
 *
 * @example
 * throw new ServerError('sold_out', 'This seat was taken meanwhile.')
 */
export class ServerError extends Error {
  override readonly name: string = 'ServerError'
  readonly code: string

  /** @param code At most 64 characters. @param message At most 1000 characters reach the client. */
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
