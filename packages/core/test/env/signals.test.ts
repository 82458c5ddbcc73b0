import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pageSignals, type Signal } from '../../src/env/signals.ts'

class Host extends EventTarget {
  readonly listeners = new Set<string>()
  visibilityState = 'visible'

  override addEventListener(type: string, listener: EventListener): void {
    super.addEventListener(type, listener)
    this.listeners.add(type)
  }

  override removeEventListener(type: string, listener: EventListener): void {
    super.removeEventListener(type, listener)
    this.listeners.delete(type)
  }
}

function setup() {
  const page = { window: new Host(), document: new Host() }
  vi.stubGlobal('window', page.window)
  vi.stubGlobal('document', page.document)
  onTestFinished(() => void vi.unstubAllGlobals())
  const told: Signal[] = []
  const stop = pageSignals.on((signal) => void told.push(signal))
  const tell = (host: keyof typeof page, type: string, more: object = {}): readonly Signal[] => {
    page[host].dispatchEvent(Object.assign(new Event(type), more))
    return told.splice(0)
  }
  return { ...page, stop, tell }
}

describe('pageSignals', () => {
  it.each<readonly [signal: Signal, host: 'window' | 'document', event: string, more: object]>([
    ['online', 'window', 'online', {}],
    ['offline', 'window', 'offline', {}],
    ['focus', 'window', 'focus', {}],
    ['show', 'window', 'pageshow', {}],
    ['hide', 'window', 'pagehide', { persisted: true }],
    ['freeze', 'document', 'freeze', {}],
    ['resume', 'document', 'resume', {}],
    ['visible', 'document', 'visibilitychange', {}],
  ])('tells %s', (signal, host, event, more) => {
    expect(setup().tell(host, event, more)).toEqual([signal])
  })

  it('says nothing of a page that goes away for good', () => {
    expect(setup().tell('window', 'pagehide', { persisted: false })).toEqual([])
  })

  it('says nothing of a page that is hidden', () => {
    const { document, tell } = setup()
    document.visibilityState = 'hidden'
    expect(tell('document', 'visibilitychange')).toEqual([])
  })

  it('leaves no listener behind', () => {
    const { document, stop, tell, window } = setup()
    stop()
    expect([...window.listeners, ...document.listeners]).toEqual([])
    expect(tell('window', 'online')).toEqual([])
  })

  it('is silent where there is no page, and where its window hears nothing', () => {
    pageSignals.on(() => {})()
    vi.stubGlobal('window', {})
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(() => pageSignals.on(() => {})()).not.toThrow()
  })
})
