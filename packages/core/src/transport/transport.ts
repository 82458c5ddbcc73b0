/** What goes over the wire. Which binary kind arrives depends on `binaryType`. */
export type Frame = string | ArrayBuffer | ArrayBufferView | Blob

export interface TransportClose {
  /** WebSocket close code; 1006 when the link broke or never opened. */
  readonly code: number
  readonly reason: string
}

export interface TransportRequest {
  readonly url: string
  readonly protocols: readonly string[]
  readonly binaryType: 'arraybuffer' | 'blob'
  /** The first link since `connect()` was called: nothing of earlier ones (the id of the last event) may go along. */
  readonly fresh: boolean
  /** MUST be called at most once, never before `open` has returned. */
  readonly onOpen: () => void
  /** MUST be called once for each inbound frame, in order, only between onOpen and onClose. */
  readonly onFrame: (frame: Frame) => void
  /** MUST be called exactly once when the link ends by itself or by `close`, never before `open` has returned, and last. */
  readonly onClose: (close: TransportClose) => void
}

/** One link to the server: moves frames, may die, is never reused. */
export interface Transport {
  /** Hands a frame to the link. MUST return false, and drop nothing, when the link is not open any more. MUST NOT throw then. */
  send(frame: Frame): boolean
  /** Ends the link. MUST NOT throw, whatever the code, the reason or the phase. Idempotent. */
  close(code?: number, reason?: string): void
  /** Bytes handed over and not yet on the network; 0 where the host cannot tell. */
  readonly bufferedBytes: number
  /** Which binary kind arrives from now on. Ignored by transports without binary frames. */
  binaryType: 'arraybuffer' | 'blob'
}

/** Opens a link. MAY throw (a malformed URL): that counts as a failed attempt. */
export type OpenTransport = (request: TransportRequest) => Transport
