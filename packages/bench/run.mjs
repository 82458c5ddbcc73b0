import { fork } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areas, load, longAreas, reportedAreas } from './src/areas/index.mjs'
import { headOf, judge, tablesOf } from './src/lib/report.mjs'

const REPORT = 'report'
const USAGE = `npm run bench -- <area>… | all [--quick] [--only <text in a group's name>] [--to <folder>]
npm run bench -- report [--to <folder>]: prints what was measured last
Areas: ${areas.join(', ')}; by name only: ${longAreas.join(', ')}`
const LONGEST_GROUP_MS = 300_000

const { names, quick, only, folder } = argumentsOf(process.argv.slice(2))
if (names.length === 0) {
  console.error(USAGE)
  process.exit(1)
}
if (names[0] === REPORT) await reportAll()
else for (const name of names) await runArea(name)

async function runArea(name) {
  const { groups, quickGroups = groups, subjects = () => [undefined] } = await load(name)
  const rows = []
  for (const group of (quick ? quickGroups : groups).filter((one) => one.includes(only))) {
    for (const subject of await subjects(group)) rows.push(...(await runGroup(name, { group, subject })))
  }
  mkdirSync(folder, { recursive: true })
  const about = { area: name, date: new Date().toISOString(), quick, node: process.version, load: loadavg()[0] }
  writeFileSync(fileOf(name), `${JSON.stringify({ ...about, versions: versionsOf(), rows }, null, 2)}\n`)
  await report(name)
}

/** Prints the page that the documentation has: `npm run bench -- report > ../docs/performance.md`. */
async function reportAll() {
  const measured = reportedAreas.filter((name) => existsSync(fileOf(name)))
  if (measured.length === 0) return console.error('Nothing was measured yet.')
  console.log(headOf(measured.map((name) => JSON.parse(readFileSync(fileOf(name), 'utf8')))))
  for (const name of measured) await report(name)
}

/** Prints what was measured last, as Markdown. */
async function report(name) {
  if (!existsSync(fileOf(name))) return
  const { title, about, targets = [] } = await load(name)
  const results = JSON.parse(readFileSync(fileOf(name), 'utf8'))
  const verdicts = results.quick ? [] : judge(results.rows, targets)
  console.log(`\n## ${title}\n\n${about}\n`)
  if (longAreas.includes(name)) console.log(`Load average when it ended: ${results.load.toFixed(1)}.\n`)
  console.log(tablesOf(results.rows).join('\n\n'))
  if (verdicts.length > 0) console.log(`\nAims:\n\n${verdicts.join('\n')}`)
}

function fileOf(name) {
  return join(folder, `${name}.json`)
}

/** A process of its own: what one leaves to the optimiser and to the collector would be counted in the next. */
function runGroup(name, { group, subject = [] }) {
  const file = fileURLToPath(new URL('src/run-group.mjs', import.meta.url))
  const child = fork(file, [name, group, ...[subject].flat(), ...(quick ? ['--quick'] : [])], {
    execArgv: ['--expose-gc'],
    // Vue, Pinia, React and Redux read this when they are loaded.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_GROUP_MS)
  return new Promise((resolve, reject) => {
    let rows
    child.on('message', (message) => (rows = message))
    child.on('exit', (code) => {
      clearTimeout(timer)
      if (code === 0 && rows) resolve(rows)
      else reject(new Error(`${name}, ${group}: ended with ${code}`))
    })
  })
}

function versionsOf() {
  const dependenciesOf = (path) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
    return { ...dependencies, ...devDependencies }
  }
  const { vue, vuex } = dependenciesOf('../../examples/vuex-legacy/package.json')
  return { ...dependenciesOf('package.json'), vue2: vue, vuex3: vuex }
}

function argumentsOf(given) {
  const valueOf = (option) => (given.includes(option) ? given[given.indexOf(option) + 1] : undefined)
  const options = ['--only', '--to'].flatMap((option) => [option, valueOf(option)])
  const named = given.filter((one) => !one.startsWith('--') && !options.includes(one))
  const unknown = named.find((one) => one !== 'all' && one !== REPORT && ![...areas, ...longAreas].includes(one))
  return {
    names: unknown ? [] : named.includes('all') ? areas : named,
    quick: given.includes('--quick'),
    only: valueOf('--only') ?? '',
    folder: valueOf('--to') ?? fileURLToPath(new URL('results/', import.meta.url)),
  }
}
