import type { Unsubscribe } from '../lib/emitter.ts'

/**
 * What the host tells about itself.
 * `hide` is `pagehide` of a page that may come back from the back/forward cache; a plain unload sends nothing.
 */
export type Signal = 'online' | 'offline' | 'visible' | 'focus' | 'freeze' | 'resume' | 'hide' | 'show'

/** Page and network lifecycle. Read at use, never cached: events can be missed (a thawed page may get none). */
export interface Signals {
  /** Starts listening; host listeners exist only between this call and the returned unsubscribe. */
  on(listener: (signal: Signal) => void): Unsubscribe
  /** False only when the host is sure that there is no network. */
  readonly online: boolean
  /** True while nobody can see the page (then animation frames do not come). */
  readonly hidden: boolean
}

const WINDOW_SIGNALS: readonly (readonly [event: string, signal: Signal])[] = [
  ['online', 'online'],
  ['offline', 'offline'],
  ['focus', 'focus'],
]

/** Signals of the page this code runs in; silent where there is no page (Node, workers). */
export const pageSignals: Signals = {
  get online() {
    return typeof navigator === 'undefined' || navigator.onLine !== false
  },
  get hidden() {
    return typeof document !== 'undefined' && document.visibilityState === 'hidden'
  },
  on(listener) {
    const ends: Unsubscribe[] = []
    const listen = (target: EventTarget, event: string, handle: (event: Event) => void): void => {
      target.addEventListener(event, handle)
      ends.push(() => target.removeEventListener(event, handle))
    }
    if (typeof window !== 'undefined' && typeof window.addEventListener === 'function') {
      for (const [event, signal] of WINDOW_SIGNALS) listen(window, event, () => listener(signal))
      listen(window, 'pageshow', () => listener('show'))
      listen(window, 'pagehide', (event) => {
        // Without `persisted` the page is going away for good, or the user cancels that: either way, not our cue.
        if ((event as PageTransitionEvent).persisted) listener('hide')
      })
    }
    if (typeof document !== 'undefined' && typeof document.addEventListener === 'function') {
      listen(document, 'freeze', () => listener('freeze'))
      listen(document, 'resume', () => listener('resume'))
      listen(document, 'visibilitychange', () => {
        if (document.visibilityState === 'visible') listener('visible')
      })
    }
    return () => {
      for (const end of ends.splice(0)) end()
    }
  },
}
