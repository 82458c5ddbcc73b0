import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Keys } from '../src/redis/keys.ts'
import { Subscriber } from '../src/redis/subscriber.ts'

/** As much of an ioredis connection as a subscriber uses; counts what each call asks for. */
class FakeConnection extends EventEmitter {
  status = 'ready'
  calls: string[][] = []
  reconnects = 0

  async subscribe(...channels: string[]): Promise<void> {
    this.calls.push(channels)
  }

  async unsubscribe(): Promise<void> {}

  disconnect(reconnect?: boolean): void {
    if (reconnect) this.reconnects++
    this.status = 'end'
    this.emit('end')
  }
}

async function setup() {
  const connection = new FakeConnection()
  const interrupted = vi.fn<() => void>()
  const errors: unknown[] = []
  const subscriber = new Subscriber({
    connection: connection as unknown as Redis,
    commands: new FakeConnection() as unknown as Redis,
    keys: new Keys('sw'),
    node: 'one',
    handlers: { published: () => {}, takenOver: () => {}, interrupted },
    onError: (error) => errors.push(error),
  })
  await subscriber.start()
  onTestFinished(() => subscriber.close())
  const reconnect = async () => {
    connection.calls = []
    connection.emit('ready')
    await vi.waitFor(() => expect(interrupted.mock.calls.length + connection.reconnects).toBe(1))
  }
  return { connection, interrupted, errors, subscriber, reconnect }
}

describe('Redis subscriber', () => {
  it('subscribes again to more topics than fit in one call', async () => {
    const { connection, interrupted, errors, subscriber, reconnect } = await setup()
    const topics = Array.from({ length: 150_000 }, (_, index) => `topic ${index}`)
    await Promise.all(topics.map((topic) => subscriber.subscribe(topic)))
    await subscriber.unsubscribe('topic 0')
    await reconnect()
    expect([errors, connection.reconnects, interrupted.mock.calls.length]).toEqual([[], 0, 1])
    const expected = ['sw:node:one', ...topics.slice(1).map((topic) => `sw:live:${topic}`)]
    expect(connection.calls.flat()).toEqual(expected)
    expect(Math.max(...connection.calls.map((channels) => channels.length))).toBeLessThanOrEqual(1_000)
  })

  it('asks again on a new connection when one part of them is refused', async () => {
    const { connection, interrupted, errors, subscriber, reconnect } = await setup()
    for (let i = 0; i < 1_500; i++) await subscriber.subscribe(`topic ${i}`)
    const refusal = new Error('refused')
    vi.spyOn(connection, 'subscribe').mockResolvedValueOnce().mockRejectedValueOnce(refusal)
    await reconnect()
    expect([errors, connection.reconnects, interrupted.mock.calls.length]).toEqual([[refusal], 1, 0])
  })
})
