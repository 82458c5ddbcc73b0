import { defineProtocol } from '@statewire/core'

interface Named {
  readonly name: string
  readonly value: number
}

/** What each chart draws. */
export interface ChartData {
  readonly trend: {
    readonly unit: string
    readonly months: readonly string[]
    readonly regions: readonly { readonly name: string; readonly values: readonly number[] }[]
  }
  readonly seller: { readonly unit: string; readonly sellers: readonly Named[] }
  readonly map: {
    readonly unit: string
    readonly cities: readonly (Named & { readonly longitude: number; readonly latitude: number })[]
  }
  readonly rank: { readonly unit: string; readonly countries: readonly (Named & { readonly code: string })[] }
  readonly hot: { readonly unit: string; readonly categories: readonly Named[] }
  readonly stock: {
    readonly unit: string
    readonly products: readonly { readonly name: string; readonly sold: number; readonly stock: number }[]
  }
}

export type ChartName = keyof ChartData

export type Theme = 'light' | 'dark'

export interface FullScreen {
  readonly chartName: ChartName
  readonly isFull: boolean
}

/** What screens and server say to each other, whatever it looks like on the wire. */
export const protocol = defineProtocol<{
  receive: { fullScreen: FullScreen; themeChange: Theme; error: string }
  send: { fullScreen: FullScreen; themeChange: Theme }
  requests: { getData: { params: { readonly chartName: ChartName }; result: ChartData[ChartName] } }
}>()

declare module '@statewire/core' {
  interface Register {
    protocols: { default: typeof protocol }
  }
}
