import type { EChartsOption } from 'echarts'
import { formatNumber } from '../lib/format.ts'
import type { Theme } from '../live/protocol.ts'

/** What a chart is drawn with. The colours are those of style.css, which a chart cannot read. */
export interface Look {
  readonly ink: string
  readonly muted: string
  readonly line: string
  readonly surface: string
  /** One for each series, told apart in both themes. */
  readonly series: readonly string[]
  /** In pixels. */
  readonly text: number
}

const THEMES: { readonly [Name in Theme]: Omit<Look, 'text'> } = {
  light: {
    ink: '#171a21',
    muted: '#5a6372',
    line: '#e4e7ec',
    surface: '#ffffff',
    series: ['#3457d5', '#0d9488', '#d97706', '#c2417c', '#7c5cd6', '#64748b'],
  },
  dark: {
    ink: '#e9ecf1',
    muted: '#98a2b3',
    line: '#2a303b',
    surface: '#171b23',
    series: ['#7c9aff', '#3ecfb8', '#fbb040', '#f472b0', '#b39dfa', '#94a3b8'],
  },
}

export const lookOf = (theme: Theme, { isLarge }: { isLarge: boolean }): Look => ({
  ...THEMES[theme],
  text: isLarge ? 17 : 12,
})

/** What all six have in common. */
export function base({ ink, line, surface, series, text }: Look, unit: string) {
  return {
    color: [...series],
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 400,
    animationDurationUpdate: 300,
    aria: { enabled: true },
    textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: text },
    tooltip: {
      confine: true,
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: ink, fontSize: text + 1 },
      valueFormatter: (value) => `${formatNumber(Number(value))} ${unit}`,
    },
  } satisfies EChartsOption
}

/** The room for the drawing, with that for its axis labels taken out of it. */
export const grid = (edges: { top?: number; right?: number; bottom?: number; left?: number } = {}) => ({
  // Labels are measured without their descenders.
  ...{ top: 8, right: 8, bottom: 6, left: 0, ...edges },
  outerBoundsMode: 'same' as const,
  outerBoundsContain: 'axisLabel' as const,
})

export function valueAxis({ muted, line, text }: Look) {
  return {
    type: 'value' as const,
    axisLabel: { color: muted, fontSize: text, hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: line } },
  }
}

export function categoryAxis({ muted, line, text }: Look, names: readonly string[]) {
  return {
    type: 'category' as const,
    data: [...names],
    axisLabel: { color: muted, fontSize: text },
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
  }
}
