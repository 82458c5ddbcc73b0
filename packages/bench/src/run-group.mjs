import { load } from './areas/index.mjs'
import { settingsOf } from './lib/measure.mjs'

const [area, group, quick] = process.argv.slice(2)
const { run } = await load(area)
const rows = await run(group, settingsOf(quick === '--quick'))
// Peers may hold timers that nothing ends.
process.send(rows, () => process.exit(0))
