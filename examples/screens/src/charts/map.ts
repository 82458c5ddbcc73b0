import type { EChartsOption } from 'echarts'
import type { ChartData } from '../live/protocol.ts'
import { base, grid, valueAxis } from './look.ts'
import type { Look } from './look.ts'

/** In degrees; wider to the east, where the last names need room. */
const AREA = { west: -15, east: 35, south: 35, north: 65 }

/** Cities where they lie. Without borders: the graticule alone says where that is. */
export function map({ unit, cities }: ChartData['map'], look: Look): EChartsOption {
  const largest = Math.max(...cities.map(({ value }) => value))
  const graticule = {
    ...valueAxis(look),
    interval: 10,
    splitLine: { lineStyle: { color: look.line, type: 'dashed' as const } },
  }
  return {
    ...base(look, unit),
    grid: grid(),
    xAxis: {
      ...graticule,
      ...{ min: AREA.west, max: AREA.east },
      axisLabel: { ...graticule.axisLabel, showMinLabel: false, showMaxLabel: false, formatter: longitude },
    },
    yAxis: {
      ...graticule,
      ...{ min: AREA.south, max: AREA.north },
      axisLabel: { ...graticule.axisLabel, showMinLabel: false, showMaxLabel: false, formatter: latitude },
    },
    series: [
      {
        type: 'scatter',
        data: cities.map((city) => ({ name: city.name, value: [city.longitude, city.latitude, city.value] })),
        encode: { tooltip: 2, itemName: 0 },
        // The area says the value, as the eye compares areas.
        symbolSize: ([, , value]: number[]) => Math.sqrt((value ?? 0) / largest) * look.text * 1.6,
        itemStyle: { color: look.series[0]!, opacity: 0.85, borderColor: look.surface, borderWidth: 1 },
        label: {
          ...{ show: true, position: 'right', color: look.ink, fontSize: look.text - 1 },
          // Names lie over their neighbours' dots.
          ...{ textBorderColor: look.surface, textBorderWidth: 2 },
          formatter: '{b}',
        },
        labelLayout: { hideOverlap: true },
        emphasis: { scale: 1.15 },
      },
    ],
  }
}

const longitude = (degrees: number): string =>
  degrees === 0 ? '0°' : `${Math.abs(degrees)}° ${degrees < 0 ? 'W' : 'E'}`
const latitude = (degrees: number): string => `${degrees}° N`
