import type { EChartsOption } from 'echarts'
import type { ChartData } from '../live/protocol.ts'
import { base, categoryAxis, grid, valueAxis } from './look.ts'
import type { Look } from './look.ts'

export function rank({ unit, countries }: ChartData['rank'], look: Look): EChartsOption {
  const ranked = countries.toSorted((a, b) => b.value - a.value)
  const codes = ranked.map(({ code }) => code)
  return {
    ...base(look, unit),
    grid: grid(),
    xAxis: { ...categoryAxis(look, codes), axisLabel: { color: look.muted, fontSize: look.text, interval: 0 } },
    yAxis: valueAxis(look),
    series: [
      {
        type: 'bar',
        // The first three stand out, as on a rostrum.
        data: ranked.map(({ name, value }, place) => ({
          name,
          value,
          itemStyle: { opacity: place < 3 ? 1 : 0.45 },
        })),
        barWidth: '62%',
        itemStyle: { color: look.series[1]!, borderRadius: [4, 4, 0, 0] },
      },
    ],
  }
}
