import { textFrame } from './web-socket-frame.ts'

/** What a rule does with a text message. Messages behind it never overtake it: a link keeps their order. */
export type FrameAction =
  /** It never arrives. */
  | { readonly suppress: true }
  /** Another text arrives instead. */
  | { readonly replace: (text: string) => string }
  /** It arrives, and these after it, in the same direction. */
  | { readonly inject: readonly string[] }
  /** It arrives later, and so does all that is behind it. */
  | { readonly delayMs: number }
  /** It never arrives; both sides receive a close frame with this code instead, and TCP ends. */
  | { readonly close: number }
  /** It never arrives; TCP is reset on both sides. */
  | { readonly cut: true }

/** A fault that strikes single messages. */
export interface FrameRule {
  /** `up`: client to server. `down`: server to client. */
  readonly direction: 'up' | 'down'
  /** Whether the message is meant. Called once for each text message of the direction. */
  readonly match: (text: string) => boolean
  /** Strikes the n-th match only, from 1, counted over all connections. @default every match */
  readonly nth?: number
  readonly action: FrameAction
}

/** What happens next in one direction of a connection. */
export type FrameStep =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'close'; readonly code: number }
  | { readonly kind: 'cut' }

/** The rules of a proxy, and how often each has matched. */
export class FrameRules {
  readonly #rules = new Set<{ readonly rule: FrameRule; matches: number }>()

  /** Adds a rule behind the others. @returns Removes it; idempotent. */
  add(rule: FrameRule): () => void {
    const entry = { rule, matches: 0 }
    this.#rules.add(entry)
    return () => void this.#rules.delete(entry)
  }

  concern(direction: 'up' | 'down'): boolean {
    return [...this.#rules].some(({ rule }) => rule.direction === direction)
  }

  /** Returns what becomes of a message: the first rule that strikes decides, those behind it do not see the message. */
  apply(direction: 'up' | 'down', text: string, bytes: Buffer): FrameStep[] {
    for (const entry of this.#rules) {
      const { rule } = entry
      if (rule.direction !== direction || !rule.match(text)) continue
      entry.matches++
      if (rule.nth === undefined || rule.nth === entry.matches) return stepsOf(rule, text, bytes)
    }
    return [{ kind: 'bytes', bytes }]
  }
}

function stepsOf({ action, direction }: FrameRule, text: string, bytes: Buffer): FrameStep[] {
  const up = direction === 'up'
  const original: FrameStep = { kind: 'bytes', bytes }
  const written = (other: string): FrameStep => ({ kind: 'bytes', bytes: textFrame(other, { up }) })
  if ('suppress' in action) return []
  if ('replace' in action) return [written(action.replace(text))]
  if ('inject' in action) return [original, ...action.inject.map(written)]
  if ('delayMs' in action) return [{ kind: 'wait', ms: action.delayMs }, original]
  if ('close' in action) return [{ kind: 'close', code: action.close }]
  return [{ kind: 'cut' }]
}
