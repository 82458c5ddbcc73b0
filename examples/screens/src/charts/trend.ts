import type { EChartsOption } from 'echarts'
import type { ChartData } from '../live/protocol.ts'
import { base, categoryAxis, grid, valueAxis } from './look.ts'
import type { Look } from './look.ts'

export function trend({ unit, months, regions }: ChartData['trend'], look: Look): EChartsOption {
  const common = base(look, unit)
  return {
    ...common,
    tooltip: { ...common.tooltip, trigger: 'axis' },
    legend: {
      ...{ top: 0, left: 0, icon: 'circle', itemWidth: 8, itemHeight: 8, itemGap: look.text },
      textStyle: { color: look.muted, fontSize: look.text },
    },
    grid: grid({ top: look.text * 3 }),
    xAxis: { ...categoryAxis(look, months), boundaryGap: false },
    yAxis: valueAxis(look),
    series: regions.map(({ name, values }) => ({
      ...{ type: 'line', name, smooth: 0.25, showSymbol: false },
      data: [...values],
      lineStyle: { width: 2 },
      emphasis: { focus: 'series' },
    })),
  }
}
