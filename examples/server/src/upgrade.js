/** @import { IncomingMessage, Server } from 'node:http' */
/** @import { Duplex } from 'node:stream' */

/**
 * Somebody who takes WebSocket upgrades of one path.
 *
 * @typedef {object} UpgradeTaker
 * @property {(request: IncomingMessage) => boolean} takes
 * @property {((request: IncomingMessage, stream: Duplex, head: Buffer) => void)} [upgrade] absent: it listens by itself
 */

/**
 * Gives each upgrade to the one it is meant for, and refuses the others.
 *
 * @param {Server} server
 * @param {readonly UpgradeTaker[]} takers
 */
export function routeUpgrades(server, takers) {
  server.on('upgrade', (request, stream, head) => {
    const taker = takers.find(({ takes }) => takes(request))
    if (taker) taker.upgrade?.(request, stream, head)
    else refuseUpgrade(stream, '404 Not Found')
  })
}

/**
 * @param {Duplex} stream
 * @param {string} status
 */
function refuseUpgrade(stream, status) {
  stream.on('error', () => {})
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
