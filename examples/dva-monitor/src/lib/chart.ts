import type uPlot from 'uplot'
import type { Point } from '../models/monitor.ts'
import { formatTime } from './format.ts'

const WINDOW_S = 150
/** Points further apart than this have an outage between them: the line breaks there instead of making up what it was. */
const GAP_S = 2.5
const HALF_LABEL_PX = 26

/** Options of the load chart: the last 150 seconds, 0 to 100 percent. The style sheet owns the colours; the canvas reads them from its box. */
export function chartOptions(box: Element, size: { width: number; height: number }): uPlot.Options {
  const style = getComputedStyle(box)
  const axis: uPlot.Axis = {
    stroke: () => style.outlineColor,
    font: '11px system-ui, sans-serif',
    grid: { stroke: () => style.borderTopColor, width: 1 },
    ticks: { show: false },
  }
  return {
    ...size,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: windowOf }, y: { range: [0, 100] } },
    axes: [
      { ...axis, size: 28, space: 60, incrs: [30, 60], values: timeLabels },
      { ...axis, size: 44, incrs: [25, 50], values: (_, splits) => splits.map((value) => `${value} %`) },
    ],
    series: [
      {},
      {
        stroke: () => style.color,
        width: 1.75,
        fill: (chart) => fade(chart, style.color),
        points: { show: false },
        spanGaps: false,
      },
    ],
  }
}

/** The points as the chart wants them, with a hole wherever the connection was down. */
export function chartData(points: readonly Point[]): [number[], (number | null)[]] {
  const times: number[] = []
  const values: (number | null)[] = []
  for (const { year, value } of points) {
    const time = Date.parse(year) / 1_000
    const previous = times.at(-1) ?? Infinity
    if (time - previous > GAP_S) {
      times.push(previous + 0.001)
      values.push(null)
    }
    times.push(time)
    values.push(value)
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
  gradient.addColorStop(0, `rgb(from ${color} r g b / 0.28)`)
  gradient.addColorStop(1, `rgb(from ${color} r g b / 0)`)
  return gradient
}
