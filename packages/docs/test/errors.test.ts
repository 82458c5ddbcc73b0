import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Code → names of its details, as declared. */
function declared(): Map<string, readonly string[]> {
  const [, body = ''] = /interface ErrorDetails \{\n([\s\S]*?)\n\}/.exec(read('../../core/src/lib/errors.ts')) ?? []
  const codes = body.matchAll(/^ {2}([A-Z_]+): (\{[^}]*\}|\S.*)/gm)
  return new Map(
    [...codes].map(([, code = '', details = '']) => [
      code,
      [...details.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name),
    ]),
  )
}

/** Code → text of its section. */
function sections(): Map<string, string> {
  const [, ...parts] = read('../errors.md').split(/^## /m)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part]))
}

describe('errors.md', () => {
  it('has a section for each code, in the order of the source, and none besides', () => {
    expect(declared().size).toBeGreaterThan(15)
    expect([...sections().keys()]).toEqual([...declared().keys()])
  })

  it.each([...declared()])('names in %s how it is met, the way out and each detail', (code, details) => {
    const section = sections().get(code) ?? ''
    expect(section).toMatch(/\*\*(Thrown|throws|problem|rejects?)\*\*|Met where/i)
    expect(section).toMatch(/^- Way out: /m)
    const [, listed = ''] = /^- Details: ([\s\S]*)$/m.exec(section) ?? []
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(expect.arrayContaining([...details]))
  })
})
