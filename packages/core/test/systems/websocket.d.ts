/** The part of WebSocket-Node that the tests use; it ships no types. */
declare module 'websocket' {
  interface Connection {
    on(event: 'message', listener: (message: { readonly utf8Data?: string }) => void): void
    send(data: string): void
    sendBytes(data: Buffer): void
  }
  interface Request {
    readonly requestedProtocols: readonly string[]
    accept(protocol: string): Connection
    reject(): void
  }
  class server {
    constructor(options: { httpServer: import('node:http').Server; autoAcceptConnections: boolean })
    on(event: 'request', listener: (request: Request) => void): void
    shutDown(): void
  }
  const websocket: { server: typeof server }
  export default websocket
}
