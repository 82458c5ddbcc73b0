import { createClient, jsonCodec } from '@statewire/core'
import { StubSocket } from './stub-socket.mjs'

/** Frames that come when told. */
export function manualFrames() {
  let painting
  return {
    frames: {
      request(callback) {
        painting = callback
        return () => {
          if (painting === callback) painting = undefined
        }
      },
    },
    /** Paints until nothing waits for a paint. @returns how many paints that took */
    paint() {
      let paints = 0
      while (painting && paints < 1_000) {
        const callback = painting
        painting = undefined
        callback()
        paints += 1
      }
      return paints
    },
  }
}

/** A codec that tells nothing beforehand: every frame is decoded. */
export const decodeAll = () => ({ ...jsonCodec(), peek: undefined })

/**
 * A client with default options but for the moment of painting, on a socket without a network.
 *
 * @param {object} [options] of `createClient`
 */
export async function openClient(options = {}) {
  const page = manualFrames()
  const client = createClient({
    url: 'ws://127.0.0.1',
    webSocket: StubSocket,
    ...options,
    env: { frames: page.frames },
  })
  await client.connect()
  const socket = StubSocket.last
  return {
    client,
    paint: () => page.paint(),
    deliver: (arrival) => socket.deliver(arrival),
    end: () => client.dispose(),
  }
}
