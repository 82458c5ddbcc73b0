import { describe, expect, it } from 'vitest'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { openGuest, openNamedGuest, startChat } from './support/chat.ts'

const setup = async () => ({ chat: await startChat() })

describe('S10 the chat server', () => {
  it('S10 serves the page and leaves upgrades of other paths alone', async () => {
    const { chat } = await setup()
    const response = await fetch(`http://127.0.0.1:${chat.port}/`, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe('/chat/')
    expect((await fetch(`http://127.0.0.1:${chat.port}/chat/socket.io/socket.io.js`)).status).toBe(400)
  })

  it('S10 brings a message to everybody in its room, the sender too, and to nobody else', async () => {
    const { chat } = await setup()
    const [ann, ben] = [await openNamedGuest(chat, 'Ann'), await openNamedGuest(chat, 'Ben')]
    const cleo = await openNamedGuest(chat, 'Cleo', 'garden')
    const answer = await ann.ask('message', { room: 'lobby', text: '  hello  ', name: 'Ben', id: 'mine', script: 1 })
    expect(answer).toEqual({
      ...{ id: expect.any(String), room: 'lobby', name: 'Ann', text: 'hello' },
      at: expect.closeTo(Date.now(), -5),
    })
    for (const guest of [ann, ben]) await eventually(() => guest.messages()).toEqual([answer])
    await cleo.ask('join', { room: 'garden' })
    expect(cleo.messages()).toEqual([])
  })

  it('S10 tells who comes into a room what was said there, a hundred messages at most', async () => {
    const { chat } = await setup()
    const ann = await openNamedGuest(chat, 'Ann')
    for (let i = 1; i <= 105; i++) ann.socket.emit('message', { room: 'lobby', text: `${i}` })
    await ann.ask('message', { room: 'lobby', text: '106' })
    const ben = await openNamedGuest(chat, 'Ben', 'music')
    const { messages } = (await ben.ask('join', { room: 'lobby' })) as { messages: { text: string }[] }
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 7}`))
  })

  it('S10 says who is where, and when somebody leaves', async () => {
    const { chat } = await setup()
    const ann = await openNamedGuest(chat, 'Ann')
    const ben = await openNamedGuest(chat, 'Ben')
    await ben.ask('join', { room: 'music' })
    const rooms = (music: string[]) => ({
      type: 'rooms',
      data: [
        { name: 'lobby', people: ['Ann'] },
        { name: 'garden', people: [] },
        { name: 'music', people: music },
      ],
    })
    await eventually(() => ann.heard.at(-1)).toEqual(rooms(['Ben']))
    ben.socket.disconnect()
    await eventually(() => ann.heard.at(-1)).toEqual(rooms([]))
  })

  it('S10 hears and tells nothing before it knows a name', async () => {
    const { chat } = await setup()
    const stranger = await openGuest(chat)
    stranger.socket.emit('message', { room: 'lobby', text: 'spam' })
    stranger.socket.emit('join', { room: 'lobby' })
    const ann = await openNamedGuest(chat, 'Ann')
    await ann.ask('message', { room: 'lobby', text: 'first' })
    expect(ann.messages()).toMatchObject([{ text: 'first' }])
    // The refusal is the fence: what was sent before it would have arrived before it.
    stranger.socket.emit('auth', {})
    await eventually(() => stranger.heard).toEqual([{ type: 'noAuth', data: undefined }])
  })

  it.each([
    ['no name', { room: 'lobby' }],
    ['an empty name', { name: '', room: 'lobby' }],
    ['a name with a line break', { name: 'Ann\n[lobby] Ben: I quit', room: 'lobby' }],
    ['a name that is too long', { name: 'A'.repeat(25), room: 'lobby' }],
    ['a name that is no text', { name: { toString: 'Ann' }, room: 'lobby' }],
    ['a room that does not exist', { name: 'Ann', room: 'cellar' }],
    ['a room of every object', { name: 'Ann', room: '__proto__' }],
    ['nothing', null],
  ])('S10 refuses %s', async (_, data) => {
    const { chat } = await setup()
    const guest = await openGuest(chat)
    guest.socket.emit('auth', data)
    await eventually(() => guest.heard).toEqual([{ type: 'noAuth', data: undefined }])
  })

  it.each([
    ['message', { room: 'cellar', text: 'hi' }, 'There is no such room.'],
    ['message', { room: 'guests', text: 'hi' }, 'There is no such room.'],
    ['message', { room: 'lobby', text: '   ' }, 'A message has 1 to 1000 characters.'],
    ['message', { room: 'lobby', text: 'x'.repeat(1_001) }, 'A message has 1 to 1000 characters.'],
    ['message', { room: 'lobby', text: ['hi'] }, 'A message has 1 to 1000 characters.'],
    ['message', null, 'There is no such room.'],
    ['join', { room: '../lobby' }, 'There is no such room.'],
  ])('S10 answers %s %j with an error and tells nobody', async (event, data, error) => {
    const { chat } = await setup()
    const [ann, ben] = [await openNamedGuest(chat, 'Ann'), await openNamedGuest(chat, 'Ben')]
    expect(await ann.ask(event, data)).toEqual({ error })
    await ben.ask('join', { room: 'lobby' })
    expect(ben.messages()).toEqual([])
  })

  it('S10 cuts who does not say a name, and lets no page of another host in', async () => {
    const chat = await startChat({ authTimeoutMs: 50 })
    const silent = await openGuest(chat)
    await eventually(() => silent.socket.connected).toBe(false)
    await expect(openGuest(chat, { origin: 'https://elsewhere.example' })).rejects.toThrow('websocket error')
  })
})
