import type { CheckResult, ConformanceReport } from './report.ts'

const MARKS = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const

/** Writes a report for people: a line for each check, its reason below, and a sum at the end. */
export function formatReport({ url, level, conforms, results }: ConformanceReport): string {
  const verdict = conforms ? 'conforms' : 'does not conform'
  const count = (outcome: CheckResult['outcome']): number => results.filter((one) => one.outcome === outcome).length
  const sum = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
  return [`${url}, level ${level}`, '', ...results.map(line), '', `${sum}: the server ${verdict}.`, ''].join('\n')
}

function line({ id, need, rule, outcome, why }: CheckResult): string {
  // A SHOULD that is not kept is worth knowing and no fault.
  const mark = outcome === 'failed' && need === 'SHOULD' ? 'warn' : MARKS[outcome]
  const head = `${mark}  ${id}: ${need} ${rule}`
  return why === undefined ? head : `${head}\n      ${why}`
}
