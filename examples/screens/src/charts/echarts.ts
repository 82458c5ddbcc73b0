import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

use([
  ...[BarChart, LineChart, PieChart, ScatterChart],
  ...[AriaComponent, GridComponent, LegendComponent, TooltipComponent],
  ...[LabelLayout, SVGRenderer],
])

export { default } from 'vue-echarts'
