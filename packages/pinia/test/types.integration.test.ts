import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, '../../../node_modules')

describe('types of an application with registered protocols', () => {
  it.each(['pinia', 'pinia2', 'pinia3'])('hold with %s', { timeout: 120_000 }, (name) => {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(here, 'types/tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: (problem) => expect.fail(textOf(problem)),
      },
    )
    expect(config?.fileNames.length).toBeGreaterThan(0)
    const paths = { ...config!.options.paths, pinia: [join(modules, name, 'dist/pinia.d.ts')] }
    const program = ts.createProgram(config!.fileNames, { ...config!.options, paths }, sharedHost(config!.options))
    expect(ts.getPreEmitDiagnostics(program).map(textOf)).toEqual([])
    expect(program.getSourceFile(join(modules, name, 'dist/pinia.d.ts'))).toBeDefined()
  })
})

const parsed = new Map<string, ts.SourceFile | undefined>()

/** Reads each file once for all programs. */
function sharedHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    getSourceFile(fileName, target) {
      if (!parsed.has(fileName)) parsed.set(fileName, host.getSourceFile(fileName, target))
      return parsed.get(fileName)
    },
  }
}

function textOf({ messageText, file, start = 0 }: ts.Diagnostic): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
  return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}
