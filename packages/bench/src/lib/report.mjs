import os from 'node:os'

const format = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/**
 * One figure. `ratio` is to the floor of the same rounds; a figure without one is shown in its unit.
 *
 * @typedef {{ table: string, subject: string, column: string, unit: string, median: number, min: number, max: number,
 *   ratio?: { median: number, min: number, max: number }, notes?: Record<string, number> }} Row
 *
 * What is aimed at. `of` picks the rows, `by` what of them: 'ratio' (default), 'time', or a note; the worst counts.
 * @typedef {{ aim: string, of: (row: Row) => boolean, by?: string, most?: number, least?: number }} Target
 */

/** @returns {Row[]} for what `interleave` measured */
export function rowsOf(measured, { table, column, floor, notes = {} }) {
  return [...measured].map(([subject, { time, ratio }]) => ({
    table,
    subject,
    column,
    unit: 'µs a message',
    ...time,
    ...(subject === floor ? {} : { ratio }),
    ...(notes[subject] ? { notes: notes[subject] } : {}),
  }))
}

/** Markdown, one table for each of the rows' tables: subjects down, columns across. */
export function tablesOf(rows) {
  return [...group(rows, 'table')].map(([table, own]) => {
    const columns = [...new Set(own.map(({ column }) => column))]
    const lines = [...group(own, 'subject')].map(([subject, cells]) => [
      subject,
      ...columns.map((column) => cellOf(cells.find((cell) => cell.column === column))),
    ])
    return `**${table}**\n\n${markdown([['', ...columns], ...lines])}`
  })
}

/** The beginning of a report: what was measured when, and with what. */
export function headOf(results) {
  const { node, versions } = results[0]
  const days = [...new Set(results.map(({ date }) => date.slice(0, 10)))].join(', ')
  const used = Object.entries(versions)
    .filter(([name]) => !name.startsWith('@statewire/'))
    .map(([name, version]) => `${name} ${version}`)
  return `# Performance

What Statewire costs, beside the least that any solution costs (the floor) and beside other libraries. How it is measured, and what
the figures cannot tell, is in the [README of the benchmarks](../bench/README.md); \`npm run bench -- all\` measures again, and
\`npm run bench -- report\` prints this page.

Measured on ${days}, ${node}, ${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}), ${os.type()} ${os.arch()}. A cell tells
the median, then the least and the most of the rounds; × is a ratio to the floor of the same rounds.

With ${used.join(', ')}.`
}

/** One line of Markdown for each aim that was measured. */
export function judge(rows, targets) {
  return targets.flatMap(({ aim, of, by = 'ratio', most, least }) => {
    const values = rows.filter(of).map((row) => valueOf(row, by))
    if (values.length === 0 || values.includes(undefined)) return []
    const found = least === undefined ? Math.max(...values) : Math.min(...values)
    const met = least === undefined ? found <= most : found >= least
    return [`- ${met ? 'met' : '**missed**'}: ${aim}; found ${format.format(found)}`]
  })
}

function valueOf(row, by) {
  if (by === 'ratio') return row.ratio?.median
  return by === 'time' ? row.median : row.notes?.[by]
}

function cellOf(cell) {
  if (!cell) return ''
  const { ratio, unit, notes = {} } = cell
  const value = ratio ? `${spread(ratio)} ×` : `${spread(cell)} ${unit}`
  return [value, ...Object.entries(notes).map(([name, note]) => `${name} ${format.format(note)}`)].join('; ')
}

function spread({ median, min, max }) {
  const [shown, least, most] = [median, min, max].map((value) => format.format(value))
  return least === most ? shown : `${shown} (${least} to ${most})`
}

export function markdown(lines) {
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)))
  const [head, ...body] = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`)
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n')
}

function group(rows, by) {
  const groups = new Map()
  for (const row of rows) groups.set(row[by], [...(groups.get(row[by]) ?? []), row])
  return groups
}
