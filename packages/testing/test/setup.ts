import { afterEach, beforeEach, expect, vi } from 'vitest'

// Unexpected console output fails a test: the library reports on `problem`, never on the console.
const METHODS = ['error', 'warn', 'log', 'info', 'debug'] as const

beforeEach(() => {
  for (const method of METHODS) vi.spyOn(console, method).mockImplementation(() => {})
})

afterEach(() => {
  const calls = METHODS.flatMap((method) => vi.mocked(console[method]).mock.calls.map((call) => [method, ...call]))
  vi.restoreAllMocks()
  expect(calls, 'console output').toEqual([])
})
