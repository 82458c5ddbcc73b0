import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { describePacked } from './packed.ts'

const loads = ['@statewire/testing', '@statewire/testing/node']

interface Ran {
  readonly code: number | string | null | undefined
  readonly text: string
}

/** Runs a command to its end. */
function run(command: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, text: stdout + stderr })
    })
  })
}

// The contracts register tests, so they load within a test run only.
describePacked(
  {
    folder: 'testing',
    entries: [...loads, '@statewire/testing/contracts'],
    loads,
    peers: ['vitest', '@types/node'],
  },
  (consumer) => {
    const command = () => consumer.path('..', '..', '.bin', 'statewire-conformance')

    it('brings a command that explains itself', async () => {
      expect(await run(command(), ['--help'])).toEqual({ code: 0, text: expect.stringMatching(/^Usage: /) })
    })

    it('names the package that the command needs', async () => {
      const { code, text } = await run(command(), ['ws://127.0.0.1:1'])
      expect([code, text]).toEqual([2, expect.stringContaining('npm install --save-dev ws')])
    })
  },
)
