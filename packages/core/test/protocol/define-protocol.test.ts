import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'

const setup = (declaration: unknown) => () => defineProtocol(declaration as object)

describe('defineProtocol', () => {
  it('keeps the schemas of any library', () => {
    const receive = { ticker: z.number(), notice: v.string() }
    const protocol = defineProtocol({ receive })
    expect(protocol).toEqual({ receive, send: {}, requests: {} })
    expect(Object.isFrozen(protocol)).toBe(true)
  })

  it('is empty at run time when only types are declared', () => {
    expect(defineProtocol<{ receive: { ticker: number } }>()).toEqual({ receive: {}, send: {}, requests: {} })
  })

  it('takes schemas that are functions', () => {
    const schema = Object.assign(() => {}, { '~standard': z.string()['~standard'] })
    expect(setup({ receive: { ticker: schema } })).not.toThrow()
  })

  it.each([
    [{ recieve: {} }, 'did you mean "receive"?'],
    [{ receive: { ticker: 'string' } }, '"protocol.receive.ticker" must be a Standard Schema'],
    [{ send: { say: undefined } }, '"protocol.send.say" must be a Standard Schema'],
    [{ send: [], receive: 3 }, '"protocol.receive" must be an object'],
    [{ requests: { getData: z.string() } }, '"protocol.requests.getData.params" must be a Standard Schema'],
    [{ requests: { getData: { params: z.string() } } }, '"protocol.requests.getData.result" must be a Standard Schema'],
    [{ requests: { getData: null } }, '"protocol.requests.getData" must be an object'],
    [null, '"protocol" must be an object'],
  ])('rejects %j', (declaration, message) => expect(setup(declaration)).toThrow(message))
})
