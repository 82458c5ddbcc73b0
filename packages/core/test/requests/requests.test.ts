import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProtocol, type ClientOptions } from '../../src/index.ts'
import { connected, setup, type SetupOptions } from '../client-setup.ts'

interface Reply {
  readonly id: number
  readonly value: unknown
}

/** A protocol in which a reply carries the id of its request. */
const requests: ClientOptions['requests'] = {
  write: ({ type, params, id }) => ({ type, data: { id, params } }),
  match: ({ id }, { type, data }) => type === 'reply' && (data as Reply).id === id,
  read: ({ data }) => (data as Reply).value,
}

const answering: SetupOptions = {
  server: {
    respond: ({ type, data }) => {
      const { id, params } = data as { id: number; params: unknown }
      return { type: 'reply', data: { id, value: [type, params] } }
    },
  },
  client: { requests },
}

describe('request', () => {
  it('resolves with the reply that matches, which goes nowhere else', async () => {
    const { client, messages } = await connected(answering)
    const [a, b] = await Promise.all([client.request('getData', 'a'), client.request('getData', 'b')])
    expect([a, b]).toEqual([
      ['getData', 'a'],
      ['getData', 'b'],
    ])
    expect(messages).toEqual([])
  })

  it('pairs by a function over the messages when the protocol has no id', async () => {
    const { client, server } = await connected({
      client: {
        requests: {
          match: ({ params }, { type, data }) => type === 'chart' && (data as { name: unknown }).name === params,
        },
      },
    })
    const hot = client.request('getData', 'hot')
    server.send('chart', { name: 'rank', rows: [] })
    server.send('chart', { name: 'hot', rows: [1] })
    await expect(hot).resolves.toEqual({ name: 'hot', rows: [1] })
  })

  it('waits for the connection like any message', async () => {
    const { client } = setup(answering)
    const result = client.request('getData', 'early')
    await client.connect()
    await expect(result).resolves.toEqual(['getData', 'early'])
  })

  it('F124 rejects with TIMEOUT once, and a late reply is an ordinary message', async () => {
    const { client, server, messages, pass } = await connected({ client: { requests } })
    const result = client.request('getData', 'x', { timeoutMs: 500 })
    await pass(500)
    await expect(result).rejects.toMatchObject({ code: 'TIMEOUT', details: { messageType: 'getData', timeoutMs: 500 } })
    server.send('reply', { id: 1, value: 'late' })
    expect(messages).toEqual([{ type: 'reply', data: { id: 1, value: 'late' } }])
  })

  it('F125 aborted before it was sent: never sent, rejects with the reason', async () => {
    const { client, server } = setup({ client: { requests } })
    const controller = new AbortController()
    const result = client.request('getData', 'x', { signal: controller.signal })
    controller.abort(new Error('not wanted'))
    await expect(result).rejects.toThrow('not wanted')
    await client.connect()
    expect(server.received).toEqual([])
    await expect(client.request('getData', 'x', { signal: controller.signal })).rejects.toThrow('not wanted')
  })

  it('F125 aborted after it was sent: rejects with the reason, the reply is an ordinary message', async () => {
    const { client, server, messages, pass } = await connected({ client: { requests } })
    const controller = new AbortController()
    const result = client.request('getData', 'x', { signal: controller.signal })
    await pass(0)
    controller.abort(new Error('not wanted'))
    await expect(result).rejects.toThrow('not wanted')
    server.send('reply', { id: 1, value: 1 })
    expect(messages).toHaveLength(1)
  })

  it('a time-out takes back what was not sent yet', async () => {
    const { client, server, pass } = setup({ client: { requests } })
    const result = client.request('getData', 'x', { timeoutMs: 100 })
    await pass(100)
    await expect(result).rejects.toMatchObject({ code: 'TIMEOUT' })
    await client.connect()
    expect(server.received).toEqual([])
  })

  it('rejects with LOST when the link ends before the reply', async () => {
    const { client, server, pass } = await connected({ client: { requests } })
    const result = client.request('getData', 'x')
    await pass(0)
    server.last.close()
    await expect(result).rejects.toMatchObject({ code: 'LOST', details: { messageType: 'getData' } })
  })

  it('goes on waiting over a frozen page whose link survives', async () => {
    const { client, server, signals, pass } = await connected({ client: { requests } })
    const result = client.request('getData', 'x')
    await pass(0)
    signals.emit('freeze')
    server.send('reply', { id: 1, value: 'here' })
    await expect(result).resolves.toBe('here')
  })

  it('rejects with CLOSED on sign-out and dispose when it was not sent, with LOST when it was', async () => {
    const { client } = setup({ client: { requests } })
    client.signIn('ada')
    const unsent = client.request('getData', 'x')
    client.signOut()
    await expect(unsent).rejects.toMatchObject({ code: 'CLOSED' })
    await client.connect()
    const sent = client.request('getData', 'x')
    client.dispose()
    await expect(sent).rejects.toMatchObject({ code: 'LOST' })
  })

  it('says what is missing when requests cannot be paired', async () => {
    const { client } = await connected()
    await expect(client.request('getData', 'x')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it('checks params and result by their schemas', async () => {
    const protocol = defineProtocol({ requests: { getData: { params: z.string(), result: z.number() } } })
    const { client, server } = await connected({
      client: { protocol, requests: { match: (_, { type }) => type === 'reply' } },
    })
    await expect(client.request('getData', 42)).rejects.toMatchObject({ code: 'SCHEMA' })
    expect(server.received).toEqual([])
    const result = client.request('getData', 'x')
    server.send('reply', 'not a number')
    await expect(result).rejects.toMatchObject({ code: 'SCHEMA' })
  })

  it('rejects with what reading the reply throws, and shows the reply to nobody else', async () => {
    const { client, server, messages } = await connected({
      client: {
        requests: {
          match: (_, { type }) => type === 'reply',
          read: () => {
            throw new Error('oops')
          },
        },
      },
    })
    const result = client.request('getData', 'x')
    server.send('reply', 1)
    await expect(result).rejects.toMatchObject({ code: 'CALLBACK', cause: { message: 'oops' } })
    expect(messages).toEqual([])
  })

  it('reports a failing match and serves the message as usual', async () => {
    const { client, server, messages, problems } = await connected({
      client: {
        requests: {
          match: () => {
            throw new Error('oops')
          },
        },
      },
    })
    void client.request('getData', 'x')
    await Promise.resolve()
    server.send('tick')
    expect(messages).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'CALLBACK' }])
  })
})
