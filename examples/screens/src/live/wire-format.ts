import { jsonCodec } from '@statewire/core'
import type { Codec, JsonMessage, RequestsOptions } from '@statewire/core'
import type { ChartName, FullScreen } from './protocol.ts'

/** A chart's data, with the name that tells whose answer it is. */
interface Answer {
  readonly chartName: ChartName
  readonly content: unknown
}

/**
 * Speaks the server's envelope: `{ action, socketType, chartName, value }`, with JSON in JSON where there is `data`.
 * Signing in and the heartbeat are plain `{ type, data }`.
 */
export const codec: Codec = jsonCodec({
  type: ({ action, type }) => action ?? type,
  data: read,
  write,
})

/** The server has no reply ids, but it repeats the name of the chart that was asked for. */
export const requests: RequestsOptions = {
  match: ({ params }, { type, data }) =>
    type === 'getData' && (data as Answer).chartName === (params as { chartName: ChartName }).chartName,
  read: ({ data }) => (data as Answer).content,
}

function read({ action, chartName, value, data }: JsonMessage): unknown {
  switch (action) {
    case undefined:
      return data
    case 'getData':
      return { chartName, content: JSON.parse(data) } satisfies Answer
    case 'fullScreen':
      return { chartName, isFull: value === true } satisfies FullScreen
    default:
      return value
  }
}

function write(type: string, data: unknown): unknown {
  switch (type) {
    case 'getData': {
      const { chartName } = data as { chartName: ChartName }
      return { action: type, socketType: `${chartName}Data`, chartName, value: '' }
    }
    case 'fullScreen': {
      const { chartName, isFull } = data as FullScreen
      return { action: type, socketType: type, chartName, value: isFull }
    }
    case 'themeChange':
      return { action: type, socketType: type, chartName: '', value: data }
    default:
      return data === undefined ? { type } : { type, data }
  }
}
