import { describePacked } from './packed.ts'

const loads = ['@statewire/testing', '@statewire/testing/node']

// The contracts register tests, so they load within a test run only.
describePacked({
  folder: 'testing',
  entries: [...loads, '@statewire/testing/contracts'],
  loads,
  peers: ['vitest', '@types/node'],
})
