import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('../faults.md', import.meta.url), 'utf8')
const reliability = readFileSync(new URL('../reliability.md', import.meta.url), 'utf8')
const FAULTS = 154
const MOST_UNTESTED = 9

/** Paths from the root of all test files but those of this package, whose titles are about the page. */
function testFiles(): string[] {
  const folders = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(new URL(parent, root)).map((name) => `${parent}/${name}/test`),
  )
  return folders
    .filter((folder) => !folder.startsWith('packages/docs/'))
    .filter((folder) => existsSync(new URL(folder, root)))
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true }).map((file) => `${folder}/${String(file)}`),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replaceAll('\\', '/'))
}

/** Numbers that begin the titles in a test file: 'F12 …', 'F12 and F13 …'. */
function numbersIn(code: string): number[] {
  const titles = code.matchAll(/['"`](F\d+(?:(?:, | and )F\d+)*)[ :]/g)
  return [...titles].flatMap(([, numbers = '']) => [...numbers.matchAll(/\d+/g)].map(Number))
}

/** What the tests say: number → files. */
function tested(): Map<number, string[]> {
  const files = new Map<number, string[]>()
  for (const file of testFiles()) {
    const numbers = new Set(numbersIn(readFileSync(new URL(file, root), 'utf8')))
    for (const number of numbers) files.set(number, [...(files.get(number) ?? []), file].sort())
  }
  return files
}

/** What the page says, row by row. */
function rows() {
  const links = new Map([...page.matchAll(/^\[([^\]]+)\]: \.\.\/(.+)$/gm)].map(([, name, path]) => [name, path]))
  return [...page.matchAll(/^\| F(\d+) +\| (.+?) +\| (.+?) +\|$/gm)].map(([, number, what = '', by = '']) => ({
    number: Number(number),
    what,
    by,
    files: [...by.matchAll(/\[([^\]]+)\]/g)]
      .map(([, name]) => `packages/${links.get(name)}`.replace('packages/../', ''))
      .sort(),
  }))
}

describe('faults.md', () => {
  it('lists each fault once, in order, with what happens', () => {
    expect(rows().map(({ number }) => number)).toEqual(Array.from({ length: FAULTS }, (_, index) => index + 1))
  })

  it('links the test files whose titles carry the number, all of them and no others', () => {
    const found = tested()
    expect(found.size).toBeGreaterThan(60)
    const said = rows().map(({ number, files }) => [number, files])
    expect(said).toEqual(rows().map(({ number }) => [number, found.get(number) ?? []]))
    expect([...found.keys()].filter((number) => number < 1 || number > FAULTS)).toEqual([])
  })

  it('says of each other fault, nine at most, why it has no test', () => {
    const untested = rows().filter(({ files }) => files.length === 0)
    expect(untested.filter(({ by }) => by !== 'no test')).toEqual([])
    expect(untested.length).toBeLessThanOrEqual(MOST_UNTESTED)
    const [, section = ''] = reliability.split('\n## Faults without a test\n')
    const explained = [...section.matchAll(/^- F(\d+),/gm)].map(([, number]) => Number(number))
    expect(explained).toEqual(untested.map(({ number }) => number))
  })

  it('reads numbers off titles only where they begin one', () => {
    const code = "it('F1 is lost') it(`F2 and F3: both`) it('is F4') it('F5s') it.each([])('F6, F7 come')"
    expect(numbersIn(code)).toEqual([1, 2, 3, 6, 7])
  })
})
