import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Vue and Pinia read this when they are loaded: hence the dynamic imports below.
process.env.NODE_ENV = 'production'

const { loads } = await import('./src/feed.mjs')
const { measure } = await import('./src/measure.mjs')
const core = await import('./src/cases/core.mjs')
const pinia = await import('./src/cases/pinia.mjs')
const dva = await import('./src/cases/dva.mjs')
const { onVuex3, onVuex4 } = await import('./src/cases/vuex.mjs')
const { growth } = await import('./src/cases/memory.mjs')

const only = process.argv[2]
const format = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

const rows = []
for (const { name, cases, subscribed, without } of [
  { name: 'core, plain object', cases: core, subscribed: false },
  { name: 'Pinia', cases: pinia, subscribed: false },
  { name: 'Pinia + $subscribe', cases: pinia, subscribed: true },
  { name: 'dva', cases: dva, subscribed: false },
  { name: 'Vuex 3', cases: onVuex3, subscribed: false },
  // A burst of single commits takes strict mode some 15 s: nothing to wait for ten times.
  { name: 'Vuex 3, strict', cases: onVuex3, subscribed: true, without: 'burst' },
  { name: 'Vuex 4', cases: onVuex4, subscribed: false },
  { name: 'Vuex 4, strict', cases: onVuex4, subscribed: true, without: 'burst' },
]) {
  for (const [id, { title, frames }] of Object.entries(loads)) {
    const label = `${name}: ${title}`
    if (id === without) continue
    if (only && !label.includes(only) && only !== id) continue
    rows.push({ case: label, ...(await runCase(cases, subscribed, frames)) })
  }
}
if (rows.length > 0) {
  console.table(rows)
  console.log(
    'Microseconds a flush: median (min to max). Everything counts, from the text of the frames to the end of the tick.',
  )
}

if (only === 'memory') {
  const { survivors, bytes } = await growth()
  console.log(
    `Memory: of 200 clients and 200 stores made and ended, ${survivors} are still there; ${format.format(bytes)} bytes of heap each.`,
  )
} else if (!only) {
  // A process of its own: what the cases above leave to the collector would be counted here.
  spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), 'memory'], { stdio: 'inherit' })
}

async function runCase({ subjects, stepOf }, subscribed, frames) {
  const results = {}
  for (const [name, create] of Object.entries(subjects)) {
    const subject = await create(subscribed)
    results[name] = await measure(stepOf(subject, frames))
    subject.end()
  }
  const { floor, statewire, today } = results
  return {
    floor: show(floor),
    statewire: show(statewire),
    today: today ? show(today) : '',
    'x floor': format.format(statewire.median / floor.median),
    'today x': today ? format.format(today.median / statewire.median) : '',
  }
}

function show({ median, min, max }) {
  return `${format.format(median)} (${format.format(min)} to ${format.format(max)})`
}
