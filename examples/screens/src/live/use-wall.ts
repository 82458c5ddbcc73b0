import { useClient, useMessage } from '@statewire/vue'
import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { setTheme, theme } from '../lib/theme.ts'
import type { ChartName } from './protocol.ts'

export interface UseWall {
  /** The chart that fills the screen, if any does. */
  readonly full: Readonly<ShallowRef<ChartName | null>>
  toggleFull(chartName: ChartName): void
  toggleTheme(): void
}

/**
 * What all screens share. A click shows here at once and is told to the server, which tells everybody, us included: whoever
 * clicks at the same moment, the server's order is what all end with.
 */
export function useWall(): UseWall {
  const client = useClient()
  const full = shallowRef<ChartName | null>(null)

  function apply(chartName: ChartName, isFull: boolean): void {
    if (isFull) full.value = chartName
    else if (full.value === chartName) full.value = null
  }

  useMessage('fullScreen', ({ chartName, isFull }) => apply(chartName, isFull))
  useMessage('themeChange', setTheme)

  return {
    full,
    toggleFull(chartName) {
      const isFull = full.value !== chartName
      apply(chartName, isFull)
      void client.send('fullScreen', { chartName, isFull })
    },
    toggleTheme() {
      setTheme(theme.value === 'dark' ? 'light' : 'dark')
      void client.send('themeChange', theme.value)
    },
  }
}
