import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { chartData, chartOptions } from '../lib/chart.ts'
import type { Point } from '../models/monitor.ts'

export function CpuChart({ points }: { readonly points: readonly Point[] }) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)

  useEffect(() => {
    const element = box.current!
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const drawn = new uPlot(chartOptions(element, size()), chartData([]), element)
    chart.current = drawn
    const observer = new ResizeObserver(() => drawn.setSize(size()))
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = (): void => drawn.redraw()
    scheme.addEventListener('change', redraw)
    return () => {
      scheme.removeEventListener('change', redraw)
      observer.disconnect()
      drawn.destroy()
    }
  }, [])
  useEffect(() => chart.current?.setData(chartData(points)), [points])

  return <div ref={box} className="chart value" aria-hidden="true" />
}
