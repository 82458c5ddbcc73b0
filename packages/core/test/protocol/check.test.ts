import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { StatewireError } from '../../src/lib/errors.ts'
import { checkData, createProtocolCheck, type Checked } from '../../src/protocol/check.ts'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import type { SchemaResult, StandardSchema } from '../../src/protocol/standard-schema.ts'

const schemaOf = (validate: (value: unknown) => unknown): StandardSchema => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: validate as (value: unknown) => SchemaResult<unknown> | Promise<SchemaResult<unknown>>,
  },
})

// oxlint-disable-next-line unicorn/no-thenable -- what is tested is a promise that is none of this realm
const thenable = { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('late')) }

function setup({ schema = z.object({ price: z.number() }) as StandardSchema } = {}) {
  const check = (value: unknown): Checked => checkData(schema, 'ticker', value)
  return {
    check,
    failure: (value: unknown): StatewireError => {
      const checked = check(value)
      if (checked.ok) throw new Error('The value was taken.')
      return checked.error
    },
  }
}

describe('checkData', () => {
  it.each<[library: string, schema: StandardSchema]>([
    ['zod', z.object({ price: z.number(), tags: z.array(z.string()).default([]) })],
    ['valibot', v.object({ price: v.number(), tags: v.optional(v.array(v.string()), []) })],
  ])('gives the output of a %s schema', (_, schema) => {
    expect(setup({ schema }).check({ price: 1 })).toEqual({ ok: true, value: { price: 1, tags: [] } })
  })

  it.each<[library: string, schema: StandardSchema]>([
    ['zod', z.object({ rows: z.array(z.object({ price: z.number() })) })],
    ['valibot', v.object({ rows: v.array(v.object({ price: v.number() })) })],
  ])('says where data does not fit a %s schema', (_, schema) => {
    const error = setup({ schema }).failure({ rows: [{ price: 1 }, { price: '2' }] })
    expect(StatewireError.is(error, 'SCHEMA') && error.details).toMatchObject({
      messageType: 'ticker',
      issues: [expect.stringMatching(/^rows\.1\.price: .+/)],
    })
  })

  it('names few issues, shortly', () => {
    const issues = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(10_000), path: [{ key: 'a' }] }))
    const error = setup({ schema: schemaOf(() => ({ issues })) }).failure(1)
    expect(error.message.length).toBeLessThan(1_200)
    expect(error.message).toContain('and 995 more')
  })

  it.each<[library: string, schema: StandardSchema]>([
    ['zod', z.string().refine(() => Promise.resolve(true))],
    [
      'valibot',
      v.pipeAsync(
        v.string(),
        v.checkAsync(() => Promise.resolve(true)),
      ),
    ],
    ['a rejecting one', schemaOf(() => Promise.reject(new Error('late')))],
    ['a thenable one', schemaOf(() => thenable)],
  ])('says that a schema is asynchronous, and leaves no unhandled rejection: %s', async (_, schema) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))

    expect(setup({ schema }).failure('text')).toMatchObject({
      code: 'SCHEMA_ASYNC',
      details: { messageType: 'ticker' },
    })

    await new Promise<void>((resolve) => void setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  it.each<[what: string, schema: StandardSchema]>([
    ['throws', schemaOf(() => JSON.parse('{'))],
    ['gives nothing', schemaOf(() => undefined)],
  ])('reports a schema that %s as a failing callback', (_, schema) => {
    const error = setup({ schema }).failure(1)
    expect(error).toMatchObject({ code: 'CALLBACK', cause: expect.any(Error) as Error })
    expect(error.message).toContain('the schema of "ticker"')
  })
})

describe('createProtocolCheck', () => {
  const protocol = defineProtocol({
    receive: { ticker: z.object({ price: z.coerce.number() }) },
    send: { at: z.string().transform(Number) },
  })

  it('gives the output of what is received', () => {
    expect(createProtocolCheck(protocol).received('ticker', { price: '2' })).toEqual({ ok: true, value: { price: 2 } })
  })

  it('sends data as it was given', () => {
    const check = createProtocolCheck(protocol)
    expect(check.sent('at', '12')).toEqual({ ok: true, value: '12' })
    expect(check.sent('at', 12)).toMatchObject({ ok: false, error: { code: 'SCHEMA' } })
  })

  it('passes undeclared types, and everything without a protocol', () => {
    const data = {}
    expect(createProtocolCheck(protocol).received('other', data)).toEqual({ ok: true, value: data })
    expect(createProtocolCheck(undefined).received('ticker', data)).toEqual({ ok: true, value: data })
    expect(createProtocolCheck(undefined).sent('at', data)).toEqual({ ok: true, value: data })
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('F58 finds no schema for %s', (name) => {
    const check = createProtocolCheck(protocol)
    expect(check.received(name, 1)).toEqual({ ok: true, value: 1 })
    expect(check.sent(name, 1)).toEqual({ ok: true, value: 1 })
  })

  it('F58 finds the schema of a type that is called __proto__', () => {
    const check = createProtocolCheck(defineProtocol({ receive: { ['__proto__']: z.string() } }))
    expect(check.received('__proto__', 1)).toMatchObject({ ok: false, error: { code: 'SCHEMA' } })
  })
})
