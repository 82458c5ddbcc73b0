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

const WINDOW_EVENTS = ['online', 'offline', 'focus', 'pageshow', 'pagehide']
const DOCUMENT_EVENTS = ['freeze', 'resume', 'visibilitychange']

/** Signals of the page this code runs in; silent where there is no page (Node, workers). */
export const pageSignals: Signals = {
  get online() {
    return typeof navigator === 'undefined' || navigator.onLine !== false
  },
  get hidden() {
    return typeof document !== 'undefined' && document.visibilityState === 'hidden'
  },
  on(listener) {
    const handle = (event: Event): void => {
      const signal = signalOf(event)
      if (signal) listener(signal)
    }
    onPage('addEventListener', handle)
    return () => onPage('removeEventListener', handle)
  },
}

// Some hosts have a window that hears nothing.
function onPage(does: 'addEventListener' | 'removeEventListener', handle: (event: Event) => void): void {
  if (typeof window !== 'undefined') for (const event of WINDOW_EVENTS) window[does]?.(event, handle)
  if (typeof document !== 'undefined') for (const event of DOCUMENT_EVENTS) document[does]?.(event, handle)
}

function signalOf(event: Event): Signal | undefined {
  switch (event.type) {
    case 'pageshow':
      return 'show'
    case 'pagehide':
      // Without `persisted` the page is going away for good, or the user cancels that: either way, not our cue.
      return (event as PageTransitionEvent).persisted ? 'hide' : undefined
    case 'visibilitychange':
      return document.visibilityState === 'visible' ? 'visible' : undefined
    default:
      return event.type as Signal
  }
}
