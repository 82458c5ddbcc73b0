import { watchFakes } from '@statewire/testing'
import { afterEach, beforeEach, expect, vi } from 'vitest'

// Unexpected console output fails a test: the library reports on `problem`, never on the console.
const METHODS = ['error', 'warn', 'log', 'info', 'debug'] as const

beforeEach(() => {
  for (const method of METHODS) vi.spyOn(console, method).mockImplementation(() => {})
})

// Whatever a test holds it lets go: no timer, listener, animation frame or link is left on any fake that it made.
beforeEach(({ onTestFinished, task }) => {
  // Their own tests leave them in any state.
  if (task.file.name.startsWith('test/fakes/')) return
  const left = watchFakes()
  // Registered before those of the test, so that it runs after them.
  onTestFinished(() => expect(left(), 'left behind').toEqual([]))
})

afterEach(() => {
  const calls = METHODS.flatMap((method) => vi.mocked(console[method]).mock.calls.map((call) => [method, ...call]))
  vi.restoreAllMocks()
  expect(calls, 'console output').toEqual([])
})
