import { append } from '@statewire/core'
import { fullState, keys, POINTS, toPoint } from '../feed.mjs'
import { openLink } from '../link.mjs'

/** Without a store: what the way from a frame's text to the changed keys costs. */
export const subjects = {
  async floor() {
    let state = fullState()
    return {
      end() {},
      land(frames) {
        const changes = {}
        for (const text of frames) {
          const { type, data } = JSON.parse(text)
          const next = (changes[type] ??= state[type].slice())
          next.push(toPoint(data))
        }
        for (const key of Object.keys(changes)) changes[key].splice(0, changes[key].length - POINTS)
        state = { ...state, ...changes }
      },
    }
  },

  async statewire() {
    const { client, receive, paint } = await openLink()
    let state = fullState()
    const sink = {
      name: 'plain',
      commit(batch) {
        state = { ...state, ...batch.apply(state) }
      },
      reset() {},
    }
    client.bind(sink, Object.fromEntries(keys.map((key) => [key, append(key, { limit: POINTS, map: toPoint })])))
    return {
      land(frames) {
        for (const text of frames) receive(text)
        paint()
      },
      end: () => client.dispose(),
    }
  },
}

export function stepOf(subject, frames) {
  return (index) => subject.land(frames[index % frames.length])
}
