import { createClient } from '@statewire/core'

/** A client on a link that carries what it is told, and frames that come when told. */
export async function openLink() {
  let link
  let painting
  const transport = (request) => {
    link = request
    queueMicrotask(() => request.onOpen())
    return {
      send: () => true,
      close: () => request.onClose({ code: 1000, reason: '' }),
      bufferedBytes: 0,
      binaryType: 'arraybuffer',
    }
  }
  const frames = {
    request(callback) {
      painting = callback
      return () => {
        painting = undefined
      }
    },
  }
  const client = createClient({ url: 'ws://bench', transport, heartbeat: false, env: { frames } })
  await client.connect()
  return {
    client,
    receive: (text) => link.onFrame(text),
    paint: () => {
      const callback = painting
      painting = undefined
      callback?.()
    },
  }
}
