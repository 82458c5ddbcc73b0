import { describe, expectTypeOf, it } from 'vitest'
import { createHub, createServer, type Cursor, type ServerClient, type User } from '@statewire/server'

interface Trader extends User {
  desk: string
}

describe('createServer', () => {
  it('hands the type of the user to everything', () => {
    const server = createServer<Trader>({
      port: 0,
      authenticate: (token) => (token === '' ? null : { id: token, desk: 'fx' }),
      authorize: ({ user, topic }) => topic === user.desk,
      messages: {
        say: (data, { user, client }) => {
          expectTypeOf(data).toEqualTypeOf<unknown>()
          expectTypeOf(user).toEqualTypeOf<Trader>()
          expectTypeOf(client).toEqualTypeOf<ServerClient<Trader>>()
        },
      },
    })
    for (const client of server.clients) expectTypeOf(client.user.desk).toEqualTypeOf<string>()
    expectTypeOf(server.publish('room', 'news', 1)).toEqualTypeOf<Promise<Cursor>>()
    expectTypeOf(server).not.toHaveProperty('accept')
  })

  it('infers the user from authenticate', () => {
    const hub = createHub({ authenticate: async (token: string) => ({ id: token, desk: 'fx' }) })
    for (const client of hub.clients) expectTypeOf(client.user.desk).toEqualTypeOf<string>()
  })

  it('refuses what it does not know', () => {
    // @ts-expect-error: a user has an id
    createServer({ port: 0, authenticate: () => ({ name: 'ann' }) })
    // @ts-expect-error: no such limit
    createServer({ port: 0, limits: { speed: 1 } })
    // @ts-expect-error: a decision, or a promise of one
    createServer({ port: 0, authorize: () => 'yes' })
    // @ts-expect-error: readonly
    createServer({ port: 0 }).port = 1
  })
})
