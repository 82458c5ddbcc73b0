import { describe, expect, it } from 'vitest'
import { compileRules } from '../../src/binding/compile-rules.ts'
import { append } from '../../src/binding/rules/append.ts'
import { latest } from '../../src/binding/rules/latest.ts'
import { StatewireError } from '../../src/lib/errors.ts'

const state = { last: null as unknown, log: [] as readonly unknown[], n: 0 }

describe('compileRules', () => {
  it('makes the changed keys of state and messages, and again the same', () => {
    const rules = compileRules<typeof state, Record<string, unknown>>({
      a: [latest('last'), append('log', { limit: 2 })],
      '*': append('log', { limit: 2 }),
    })
    const messages = ['a', 'b', 'a'].map((type, data) => ({ type, data }))
    expect(rules(state, messages)).toEqual({ last: 2, log: [1, 2] })
    expect(rules(state, messages)).toEqual({ last: 2, log: [1, 2] })
    expect(state).toEqual({ last: null, log: [], n: 0 })
  })

  it('leaves out calls, types that nothing takes and rules that throw', () => {
    const rules = compileRules<typeof state, Record<string, unknown>>({
      call: { call: 'save', kind: 'action', batch: false },
      bad: () => {
        throw new Error('a rule of the application')
      },
      a: latest('last'),
    })
    expect(
      rules(
        state,
        ['call', 'bad', 'unknown', 'a'].map((type) => ({ type, data: 1 })),
      ),
    ).toEqual({ last: 1 })
    expect(rules(state, [])).toEqual({})
  })

  it('refuses what is neither a rule nor a call', () => {
    expect(() => compileRules({ a: 'last' } as object)).toThrow(StatewireError)
  })
})
