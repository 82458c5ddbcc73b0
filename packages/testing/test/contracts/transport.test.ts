import { FakeServer } from '@statewire/testing'
import { describeTransportContract, type TransportPeer } from '@statewire/testing/contracts'

// The fakes keep the contract that they stand in for.
describeTransportContract('FakeTransport', () => {
  const servers = { 'ws://open': new FakeServer(), 'ws://refused': new FakeServer() }
  servers['ws://refused'].stop()
  const peer = (): TransportPeer => {
    const { last } = servers['ws://open']
    return {
      get received() {
        return last.received.map((frame) => (frame instanceof ArrayBuffer ? new Uint8Array(frame) : (frame as string)))
      },
      send: (frame) => last.sendRaw(typeof frame === 'string' ? frame : binary(frame, last.transport.binaryType)),
      close: (code, reason) => last.close(code, reason),
      break: () => last.close(),
    }
  }
  return {
    open: (request) => servers[request.url as 'ws://open'].network.open(request),
    url: 'ws://open',
    refusedUrl: 'ws://refused',
    peer: async () => peer(),
    dispose: () => {},
  }
})

function binary(bytes: Uint8Array, kind: 'arraybuffer' | 'blob'): ArrayBuffer | Blob {
  const { buffer } = new Uint8Array(bytes)
  return kind === 'blob' ? new Blob([buffer]) : buffer
}
