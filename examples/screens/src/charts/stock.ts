import type { EChartsOption } from 'echarts'
import type { ChartData } from '../live/protocol.ts'
import { base } from './look.ts'
import type { Look } from './look.ts'

const COLUMNS = 3

/** A ring for each product: how much of its stock is sold. */
export function stock({ unit, products }: ChartData['stock'], look: Look): EChartsOption {
  const rows = Math.ceil(products.length / COLUMNS)
  return {
    ...base(look, unit),
    series: products.map(({ name, sold, stock: left }, index) => {
      const column = (index % COLUMNS) + 0.5
      const row = Math.floor(index / COLUMNS) + 0.5
      return {
        type: 'pie',
        name,
        center: [`${(column / COLUMNS) * 100}%`, `${(row / rows) * 100}%`],
        radius: ['31%', '39%'],
        startAngle: 90,
        emphasis: { scale: false },
        labelLine: { show: false },
        label: { show: false },
        data: [
          {
            ...{ name: 'Sold', value: sold },
            itemStyle: { color: look.series[index % look.series.length]!, borderRadius: 4 },
            label: {
              ...{ show: true, position: 'center', color: look.muted, fontSize: look.text },
              formatter: `{share|${Math.round((sold / (sold + left)) * 100)} %}\n${name}`,
              rich: {
                share: { color: look.ink, fontSize: look.text * 1.5, fontWeight: 600, lineHeight: look.text * 2.1 },
              },
            },
          },
          { name: 'In stock', value: left, itemStyle: { color: look.line } },
        ],
      }
    }),
  }
}
