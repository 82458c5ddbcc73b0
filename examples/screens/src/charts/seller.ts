import type { EChartsOption } from 'echarts'
import { formatNumber } from '../lib/format.ts'
import type { ChartData } from '../live/protocol.ts'
import { base, categoryAxis, grid, valueAxis } from './look.ts'
import type { Look } from './look.ts'

export function seller({ unit, sellers }: ChartData['seller'], look: Look): EChartsOption {
  const names = sellers.map(({ name }) => name)
  return {
    ...base(look, unit),
    grid: grid({ top: 0, right: look.text * 4 }),
    xAxis: { ...valueAxis(look), show: false },
    yAxis: { ...categoryAxis(look, names), inverse: true, axisLine: { show: false } },
    series: [
      {
        type: 'bar',
        data: sellers.map(({ value }) => value),
        barWidth: '58%',
        itemStyle: { borderRadius: 4 },
        label: {
          ...{ show: true, position: 'right', color: look.ink, fontSize: look.text },
          formatter: ({ value }) => formatNumber(Number(value)),
        },
      },
    ],
  }
}
