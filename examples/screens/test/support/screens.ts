import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createScreens } from '../../server/screens.js'
import type { Screens } from '../../server/screens.js'

/** Starts the server; it ends with the test. */
export async function startScreens(options: Parameters<typeof createScreens>[0] = {}): Promise<Screens> {
  const screens = await createScreens({ port: 0, ...options })
  onTestFinished(() => screens.close())
  return screens
}

export async function login({ port }: Screens): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/login`, {
    method: 'POST',
    body: JSON.stringify({ user: 'demo', password: 'demo' }),
  })
  return ((await response.json()) as { token: string }).token
}

export interface RawScreen {
  readonly socket: WebSocket
  /** All that the server said, decoded. */
  readonly heard: unknown[]
  readonly send: (frame: unknown) => void
  readonly closed: Promise<number>
}

/** A bare WebSocket at the screens' path, which nobody has authenticated yet. */
export async function openScreen({ port }: Screens, options: { origin?: string } = {}): Promise<RawScreen> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/screens/ws`, options)
  onTestFinished(() => socket.terminate())
  const heard: unknown[] = []
  socket.on('message', (raw: Buffer) => heard.push(JSON.parse(raw.toString())))
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await once(socket, 'open')
  const send = (frame: unknown): void => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  return { socket, heard, send, closed }
}

/** A screen that the server knows; what it hears from here on comes after `auth ok`. */
export async function openKnownScreen(screens: Screens): Promise<RawScreen> {
  const screen = await openScreen(screens)
  screen.send({ type: 'auth', data: await login(screens) })
  await once(screen.socket, 'message')
  screen.heard.shift()
  return screen
}
