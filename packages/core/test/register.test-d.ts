import { defineProtocol, type AnyProtocolTypes, type ClientName, type RegisteredTypes } from '@statewire/core'
import { describe, expectTypeOf, it } from 'vitest'

const protocol = defineProtocol<{ receive: { ticker: { price: number } } }>()

// All type tests are one program, so the default client stays undeclared here for the others' sake.
declare module '@statewire/core' {
  interface Register {
    protocols: { registered: typeof protocol }
  }
}

describe('Register', () => {
  it('gives the types of a registered client by its name', () => {
    expectTypeOf<RegisteredTypes<'registered'>['receive']>().toEqualTypeOf<{ ticker: { price: number } }>()
  })

  it('leaves clients open that are not registered', () => {
    expectTypeOf<RegisteredTypes>().toEqualTypeOf<AnyProtocolTypes>()
    expectTypeOf<RegisteredTypes<'market'>>().toEqualTypeOf<AnyProtocolTypes>()
  })

  it('takes any name, registered or not', () => {
    expectTypeOf<'registered'>().toExtend<ClientName>()
    expectTypeOf<'market'>().toExtend<ClientName>()
    expectTypeOf<number>().not.toExtend<ClientName>()
  })
})
