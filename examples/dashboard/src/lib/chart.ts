import uPlot from 'uplot'
import type { LoadSample } from '../stores/machine.ts'
import { formatTime } from './format.ts'

const WINDOW_S = 150
/** Samples further apart than this have an outage between them: the line breaks there instead of making up what it was. */
const GAP_MS = 2_500
const HALF_LABEL_PX = 26

export interface ChartColors {
  readonly line: string
  readonly text: string
  readonly grid: string
}

interface ChartOptions {
  readonly width: number
  readonly height: number
  /** Asked at every drawing: the theme may have changed. */
  readonly colors: () => ChartColors
  /** Called with the index of the point under the pointer. */
  readonly onPoint: (index: number | null) => void
}

/** Options of the load chart: the last 150 seconds, 0 to 100 percent, whatever the data: nothing rescales under the reader's eyes. */
export function chartOptions({ width, height, colors, onPoint }: ChartOptions): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colors().text,
    font: '11px system-ui, sans-serif',
    grid: { stroke: () => colors().grid, width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true, range: windowOf }, y: { range: [0, 100] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 60,
        incrs: [30, 60],
        values: timeLabels,
      },
      { ...axis, size: 44, incrs: [25, 50], values: (_, splits) => splits.map((value) => `${value} %`) },
    ],
    series: [
      {},
      {
        stroke: () => colors().line,
        width: 1.75,
        fill: (chart) => fade(chart, colors().line),
        points: { show: false },
        spanGaps: false,
      },
    ],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
  }
}

/** The samples as the chart wants them, with a hole wherever the connection was down. */
export function chartData(samples: readonly LoadSample[]): [number[], (number | null)[]] {
  const times: number[] = []
  const values: (number | null)[] = []
  let previous = Infinity
  for (const { time, percent } of samples) {
    if (time - previous > GAP_MS) {
      times.push((previous + 1) / 1_000)
      values.push(null)
    }
    times.push(time / 1_000)
    values.push(percent)
    previous = time
  }
  return [times, values]
}

/** A label that would stick out at the right end is left away; it comes when its line has moved in. */
function timeLabels(chart: uPlot, splits: number[]): string[] {
  const lastX = chart.over.clientWidth - HALF_LABEL_PX
  return splits.map((split) => (chart.valToPos(split, 'x') > lastX ? '' : formatTime(split * 1_000)))
}

function windowOf(chart: uPlot): [number, number] {
  const end = chart.data[0].at(-1) ?? Date.now() / 1_000
  return [end - WINDOW_S, end]
}

function fade(chart: uPlot, color: string): CanvasGradient {
  const { top, height } = chart.bbox
  const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height)
  gradient.addColorStop(0, withAlpha(color, 0.28))
  gradient.addColorStop(1, withAlpha(color, 0))
  return gradient
}

/** @param color as the browser computes it: `rgb(52, 87, 213)` */
function withAlpha(color: string, alpha: number): string {
  return `rgb(from ${color} r g b / ${alpha})`
}
