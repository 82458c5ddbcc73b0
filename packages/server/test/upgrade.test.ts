import { describe, expect, it } from 'vitest'
import { AddressCount, originAllowed } from '../src/upgrade.ts'

describe('originAllowed', () => {
  it.each([
    [undefined, 'app.example', undefined, true],
    ['https://app.example', 'app.example', undefined, true],
    ['https://app.example:8443', 'APP.example:8443', undefined, true],
    ['https://evil.example', 'app.example', undefined, false],
    ['https://app.example', 'app.example:8443', undefined, false],
    ['null', 'app.example', undefined, false],
    ['https://app.example', undefined, undefined, false],
    ['https://app.example', 'app.example', [], false],
    ['https://app.example', 'other', ['https://app.example'], true],
    ['http://app.example', 'other', ['https://app.example'], false],
    ['https://evil.example', 'app.example', '*', true],
  ] as const)('%s at %s with %j: %s', (origin, host, origins, expected) => {
    expect(originAllowed(origin, host, origins)).toBe(expected)
  })
})

describe('AddressCount', () => {
  it('counts each address for itself, and forgets those that are gone', () => {
    const count = new AddressCount(2)
    const release = count.take('a')
    count.take('a')
    expect(count.take('a')).toBeUndefined()
    expect(count.take('b')).toBeTypeOf('function')
    release?.()
    release?.()
    expect(count.take('a')).toBeTypeOf('function')
    expect(count.take('a')).toBeUndefined()
  })
})
