import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { openKnownScreen, openScreen, startScreens } from './support/screens.ts'

const NAMES = ['trend', 'seller', 'map', 'rank', 'hot', 'stock']
const NOT_UNDERSTOOD = { action: 'error', socketType: 'error', chartName: '', value: 'not understood' }

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends the path as it is: `fetch` would tidy it up first. */
async function setup({ method = 'GET' } = {}) {
  const screens = await startScreens()
  const get = (path: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: screens.port, path, method, agent: false }
      const asked = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
      })
      asked.on('error', reject).end()
    })
  return { screens, get }
}

describe('S13 the HTTP side of the screens', () => {
  it.each(NAMES)('S13 answers %s from its file, as JSON for every host, with the time it took', async (name) => {
    const { get } = await setup()
    const { status, headers, text } = await get(`/screens/api/${name}`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS')
    expect(headers['x-response-time']).toMatch(/^\d+ms$/)
    expect(text).toBe(await readFile(new URL(`../data/${name}.json`, import.meta.url), 'utf8'))
  })

  it.each([
    '../../package',
    '..%2f..%2fpackage',
    '%2e%2e/%2e%2e/package',
    '..\\..\\package',
    '../data/trend',
    '__proto__',
    'constructor',
    'toString',
    'trend.json',
    'trend/',
    'TREND',
    '',
  ])('S13 answers %j with a real 404, in JSON', async (name) => {
    const { get } = await setup()
    const { status, headers, text } = await get(`/screens/api/${name}`)
    expect(status).toBe(404)
    expect(JSON.parse(text)).toEqual({ message: 'There is no such chart.', status: 404 })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(headers['x-response-time']).toMatch(/^\d+ms$/)
  })

  it('S13 tells a browser that asks first what other hosts may do, and changes nothing for who tries more', async () => {
    const { get } = await setup({ method: 'OPTIONS' })
    const { status, headers, text } = await get('/screens/api/trend')
    expect({ status, text }).toEqual({ status: 204, text: '' })
    expect(headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS')

    const { get: del } = await setup({ method: 'DELETE' })
    expect((await del('/screens/api/trend')).status).toBe(404)
  })
})

describe('S13 the socket of the screens', () => {
  it('S13 says nothing but noAuth to who has no token, and hangs up', async () => {
    const { screens } = await setup()
    const stranger = await openScreen(screens)
    stranger.send({ action: 'getData', socketType: 'hotData', chartName: 'hot', value: '' })
    stranger.send({ action: 'themeChange', socketType: 'themeChange', chartName: '', value: 'dark' })
    expect(await stranger.closed).toBe(4401)
    expect(stranger.heard).toEqual([{ type: 'noAuth' }])

    const later = await openKnownScreen(screens)
    later.send({ action: 'nothing' })
    await eventually(() => later.heard).toEqual([NOT_UNDERSTOOD])
  })

  it('S13 leaves out of a broadcast who has not shown a token yet', async () => {
    const { screens } = await setup()
    const stranger = await openScreen(screens)
    const screen = await openKnownScreen(screens)
    screen.send({ action: 'themeChange', value: 'dark' })
    await eventually(() => screen.heard).toHaveLength(1)
    // The refusal is the fence: what was sent before it would have arrived before it.
    stranger.send({ type: 'auth', data: 'wrong' })
    await stranger.closed
    expect(stranger.heard).toEqual([{ type: 'noAuth' }])
  })

  it.each(NAMES)('S13 answers getData for %s to who asked and to nobody else, JSON in JSON', async (chartName) => {
    const { screens, get } = await setup()
    const [asker, other] = [await openKnownScreen(screens), await openKnownScreen(screens)]
    asker.send({ action: 'getData', socketType: `${chartName}Data`, chartName, value: '' })
    const { text } = await get(`/screens/api/${chartName}`)
    const socketType = `${chartName}Data`
    await eventually(() => asker.heard).toEqual([{ action: 'getData', socketType, chartName, value: '', data: text }])

    asker.send({ action: 'themeChange', value: 'light' })
    await eventually(() => other.heard).toHaveLength(1)
    expect(other.heard).toMatchObject([{ action: 'themeChange' }])
  })

  it('S13 tells full-screen and theme to every screen, the sender too, without what the sender hid in its frame', async () => {
    const { screens } = await setup()
    const all = [await openKnownScreen(screens), await openKnownScreen(screens), await openKnownScreen(screens)]
    const hidden = { type: 'noAuth', data: 'x', script: 'alert(1)' }
    all[0]!.send({ action: 'fullScreen', socketType: 'evil', chartName: 'map', value: true, ...hidden })
    all[1]!.send({ action: 'themeChange', socketType: 'evil', chartName: 'evil', value: 'dark', ...hidden })
    for (const { heard } of all) {
      await eventually(() => heard).toHaveLength(2)
      expect(heard).toContainEqual({ action: 'fullScreen', socketType: 'fullScreen', chartName: 'map', value: true })
      expect(heard).toContainEqual({ action: 'themeChange', socketType: 'themeChange', chartName: '', value: 'dark' })
    }
  })

  it.each([
    ['an unknown action', { action: 'shutdown', socketType: 'shutdown', chartName: 'hot', value: true }],
    ['an action of every object', { action: 'toString', chartName: 'hot', value: true }],
    ['the data of a file that is no chart', { action: 'getData', chartName: '../../package' }],
    ['the data of __proto__', { action: 'getData', chartName: '__proto__' }],
    ['a chart that is an array', { action: 'getData', chartName: ['hot'] }],
    ['full-screen of no chart', { action: 'fullScreen', chartName: '<img>', value: true }],
    ['full-screen that is neither on nor off', { action: 'fullScreen', chartName: 'hot', value: 'yes' }],
    ['a theme that does not exist', { action: 'themeChange', value: '"><script>' }],
    ['text', 'themeChange'],
    ['an array', [1, 2]],
    ['null', 'null'],
  ])('S13 answers %s with an error and tells nobody', async (_, frame) => {
    const { screens } = await setup()
    const [sender, other] = [await openKnownScreen(screens), await openKnownScreen(screens)]
    sender.send(frame)
    await eventually(() => sender.heard).toEqual([NOT_UNDERSTOOD])

    other.send({ action: 'getData', chartName: 'hot' })
    await eventually(() => other.heard).toMatchObject([{ action: 'getData', chartName: 'hot' }])
  })

  it('S13 tells a screen that comes later what is shown', async () => {
    const { screens } = await setup()
    const first = await openKnownScreen(screens)
    first.send({ action: 'fullScreen', chartName: 'hot', value: true })
    first.send({ action: 'themeChange', value: 'dark' })
    await eventually(() => first.heard).toHaveLength(2)
    const second = await openKnownScreen(screens)
    await eventually(() => second.heard).toEqual(first.heard)
  })

  it('S13 opens no socket for a page of another host', async () => {
    const { screens } = await setup()
    await expect(openScreen(screens, { origin: 'https://elsewhere.example' })).rejects.toThrow('403')
    expect(screens.sockets).toBe(0)
  })

  it('S13 cuts a screen that answers no heartCheck, and keeps one that does', async () => {
    const screens = await startScreens({ heartCheckMs: 20, heartCheckTimeoutMs: 200 })
    const [alive, silent] = [await openKnownScreen(screens), await openKnownScreen(screens)]
    alive.socket.on('message', () => alive.send({ type: 'heartCheck' }))
    expect(await silent.closed).toBe(1006)
    expect(alive.socket.readyState).toBe(alive.socket.OPEN)
  })
})
