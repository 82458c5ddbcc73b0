import { createFakes, FakeClock, watchFakes, type ResourceViolation } from '@statewire/testing'
import { createClient } from '@statewire/core'
import { describe, expect, it, onTestFinished } from 'vitest'

/** What is left of a client that is connected, after `end`. */
async function leftAfter(end: (client: { dispose(): void }) => void): Promise<string[]> {
  const left = watchFakes()
  const { env, transport } = createFakes()
  const client = createClient({ url: 'ws://fake', env, transport, heartbeat: { mode: 'ping', pong: 'heartCheck' } })
  onTestFinished(() => client.dispose())
  await client.connect()
  end(client)
  return kinds(left())
}

const kinds = (found: ResourceViolation[]): string[] => found.map(({ kind }) => kind).sort()

describe('watchFakes', () => {
  it('finds nothing after everything was disposed of', async () => {
    expect(await leftAfter((client) => client.dispose())).toEqual([])
  })

  it('finds the link, the timers and the listener of a client that was forgotten', async () => {
    expect(await leftAfter(() => {})).toEqual(['listeners', 'sockets', 'timers'])
  })

  it('finds an animation frame that is still wanted', () => {
    const left = watchFakes()
    const cancel = createFakes().frames.request(() => {})
    expect(left()).toEqual([{ kind: 'frames', text: '1 callbacks wait for an animation frame' }])
    cancel()
  })

  it('knows nothing of what was made before, or after', () => {
    const before = new FakeClock()
    const left = watchFakes()
    const cancels = [before.schedule(1, () => {})]
    expect(left()).toEqual([])
    cancels.push(new FakeClock().schedule(1, () => {}))
    expect(left()).toEqual([])
    for (const cancel of cancels) cancel()
  })
})
