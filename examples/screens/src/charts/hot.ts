import type { EChartsOption } from 'echarts'
import type { ChartData } from '../live/protocol.ts'
import { base } from './look.ts'
import type { Look } from './look.ts'

export function hot({ unit, categories }: ChartData['hot'], look: Look): EChartsOption {
  return {
    ...base(look, unit),
    series: [
      {
        type: 'pie',
        radius: ['38%', '62%'],
        data: categories.map(({ name, value }) => ({ name, value })),
        itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 4 },
        label: {
          // A narrow card would cut the names to dots otherwise, whether they fit or not.
          overflow: 'none',
          formatter: '{b}\n{share|{d} %}',
          ...{ color: look.ink, fontSize: look.text, lineHeight: look.text * 1.3 },
          rich: { share: { color: look.muted, fontSize: look.text, lineHeight: look.text * 1.3 } },
        },
        labelLine: { length: 8, length2: 8, lineStyle: { color: look.line } },
        percentPrecision: 0,
      },
    ],
  }
}
