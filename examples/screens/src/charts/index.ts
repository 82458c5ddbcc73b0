import type { EChartsOption } from 'echarts'
import type { ChartData, ChartName } from '../live/protocol.ts'
import { hot } from './hot.ts'
import type { Look } from './look.ts'
import { map } from './map.ts'
import { rank } from './rank.ts'
import { seller } from './seller.ts'
import { stock } from './stock.ts'
import { trend } from './trend.ts'

interface Chart<Name extends ChartName> {
  readonly title: string
  /** What the figures are, and in which unit. */
  readonly subtitle: string
  readonly draw: (data: ChartData[Name], look: Look) => EChartsOption
}

/** The charts, in the order in which they hang on the wall. */
export const CHARTS: { readonly [Name in ChartName]: Chart<Name> } = {
  trend: { title: 'Sales by region', subtitle: 'k€ a month', draw: trend },
  map: { title: 'Sales by city', subtitle: 'k€ this year', draw: map },
  seller: { title: 'Sellers', subtitle: 'k€ this year', draw: seller },
  rank: { title: 'Countries', subtitle: 'k€ this year', draw: rank },
  hot: { title: 'Categories', subtitle: 'share of sales', draw: hot },
  stock: { title: 'Stock', subtitle: 'sold of what was bought', draw: stock },
}

export const CHART_NAMES = Object.keys(CHARTS) as readonly ChartName[]
