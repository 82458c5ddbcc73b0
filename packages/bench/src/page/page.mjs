import { append, createClient, upsert } from '@statewire/core'
import { piniaStatewire } from '@statewire/pinia'
import { createPinia, defineStore } from 'pinia'
import uPlot from 'uplot'
import { createApp, defineComponent, h, onMounted, ref, watch } from 'vue'
import 'uplot/dist/uPlot.min.css'

const POINTS = 300
const ROWS = 1_000

/** Where the messages come from: `/`, one a frame, or `/joined`, many. */
let path = '/'
const client = createClient({ url: () => `ws://${location.host}${path}`, splitFrames: true })
const useFeed = defineStore('feed', {
  state: () => ({
    cpu: Array.from({ length: POINTS }, (_, time) => ({ time, value: 0 })),
    rows: Object.fromEntries(Array.from({ length: ROWS }, (_, id) => [id, { id, price: 0, size: 0 }])),
  }),
  wire: { cpu: append('cpu', { limit: POINTS }), rows: upsert('rows', { by: 'id' }) },
})

const Chart = defineComponent({
  setup() {
    const store = useFeed()
    const place = ref()
    const columns = () => [store.cpu.map(({ time }) => time), store.cpu.map(({ value }) => value)]
    onMounted(() => {
      const options = { width: 800, height: 300, scales: { x: { time: false } }, series: [{}, { stroke: 'teal' }] }
      const plot = new uPlot(options, columns(), place.value)
      watch(
        () => store.cpu,
        () => plot.setData(columns()),
      )
    })
    return () => h('div', { ref: place })
  },
})

// Each row reads its own item, so that only the rows that changed are drawn again.
const Row = defineComponent({
  props: ['item'],
  setup: (props) => () =>
    h('tr', [h('td', props.item.id), h('td', props.item.price.toFixed(2)), h('td', String(props.item.size))]),
})

const Table = defineComponent({
  setup() {
    const store = useFeed()
    return () =>
      h('div', { class: 'table' }, [
        h(
          'table',
          h(
            'tbody',
            Object.values(store.rows).map((item) => h(Row, { key: item.id, item })),
          ),
        ),
      ])
  },
})

const App = defineComponent({ setup: () => () => [h(Chart), h(Table)] })
createApp(App)
  .use(createPinia().use(piniaStatewire(client)))
  .mount('#app')

/** Frame times over a while, in milliseconds, and how many messages the page asked for were in the store by the end. */
window.measureFrames = (durationMs) =>
  new Promise((resolve) => {
    const times = []
    let last = performance.now()
    const end = last + durationMs
    const tick = (now) => {
      times.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(tick)
      else resolve({ times, seq: Math.max(plain.cpu?.time ?? 0, useFeed().cpu.at(-1).time) })
    }
    requestAnimationFrame(tick)
  })
window.connectFeed = (from) => {
  path = from
  return client.connect()
}

/** The floor: the same traffic, parsed and assigned to a plain object, and nothing shown. */
const plain = { cpu: undefined, rows: undefined }
window.connectFloor = (from) =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}${from}`)
    socket.onopen = () => resolve()
    socket.onmessage =
      from === '/joined' ? ({ data: text }) => text.split('\n').forEach(assign) : ({ data: text }) => assign(text)
  })

function assign(text) {
  const { type, data } = JSON.parse(text)
  switch (type) {
    case 'cpu':
      plain.cpu = data
      break
    case 'rows':
      plain.rows = data
      break
  }
}
