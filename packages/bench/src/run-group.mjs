import { load } from './areas/index.mjs'
import { settingsOf } from './lib/measure.mjs'

const [area, group, ...rest] = process.argv.slice(2)
const quick = rest.includes('--quick')
const [subject] = rest.filter((one) => one !== '--quick')
const { run } = await load(area)
const rows = await run(group, settingsOf(quick), subject)
// Peers may hold timers that nothing ends.
process.send(rows, () => process.exit(0))
