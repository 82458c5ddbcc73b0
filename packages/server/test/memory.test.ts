import { FakeClock } from '@statewire/testing'
import { memoryBackplanes } from '@statewire/server'
import { describeBackplaneContract } from './backplane-contract.ts'

describeBackplaneContract('memory', async () => {
  const clock = new FakeClock()
  const node = memoryBackplanes({ env: { clock } })
  return { node, pass: async (ms) => clock.advance(ms), dispose: async () => {} }
})
