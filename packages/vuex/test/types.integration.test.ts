import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const config = fileURLToPath(new URL('types/tsconfig.json', import.meta.url))

describe('types of an application with a registered protocol and root state', () => {
  it('hold', { timeout: 120_000 }, () => {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail }
    const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(config, {}, host)!
    expect(fileNames.length).toBeGreaterThan(1)
    const program = ts.createProgram(fileNames, options)
    expect(ts.getPreEmitDiagnostics(program).map(textOf)).toEqual([])
  })
})

function fail(problem: ts.Diagnostic): never {
  throw new Error(textOf(problem))
}

function textOf({ messageText, file, start = 0 }: ts.Diagnostic): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
  return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}
