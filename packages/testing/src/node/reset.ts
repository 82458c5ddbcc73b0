import type { Socket } from 'node:net'

/**
 * Ends a connection at once, with RST where that can be.
 *
 * One that is being shut down cannot be reset: the attempt fails with EINVAL, and Node leaves the handle open for ever.
 *
 * @see https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
