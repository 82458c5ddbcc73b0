import type { Cursor } from '@statewire/core/protocol'

/** Where a publication belongs for somebody who is at a place: next, seen already, or after a hole. */
export function placeOf(at: Cursor, epoch: string, offset: number): 'next' | 'seen' | 'hole' {
  if (epoch !== at.epoch) return 'hole'
  if (offset === at.offset + 1) return 'next'
  return offset <= at.offset ? 'seen' : 'hole'
}

/** Why a log cannot tell what follows a place. */
export function whyLost(at: Cursor, top: Cursor): 'epoch' | 'rollback' | 'trimmed' {
  if (at.epoch !== top.epoch) return 'epoch'
  return at.offset > top.offset ? 'rollback' : 'trimmed'
}
