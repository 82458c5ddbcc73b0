import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  types: ['node'],
}

export interface Snippet {
  /** Path from the root of the repository; another snippet of the document imports it by that. */
  readonly file: string
  readonly code: string
  /** Line of the document before the first of the code. */
  readonly line: number
  /** Why it is not checked, if it is not. */
  readonly unchecked?: string
}

/**
 * Returns the TypeScript of a document: its `ts`, `tsx` and `vue` blocks. The words after the language may be a file
 * name (so that blocks can import each other), or `no-check` and the reason.
 */
export function snippetsOf(document: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = []
  const folder = `${document}.snippets`
  const block = /^( *)```(ts|tsx|vue)\b([^\n]*)\n([\s\S]*?)^ *```$/gm
  for (const { index, 2: language = '', 3: info = '', 4: body = '' } of markdown.matchAll(block)) {
    const line = markdown.slice(0, index).split('\n').length
    const [, unchecked] = /^\s+no-check\b\s*(.*)$/.exec(info) ?? []
    const name = unchecked === undefined && info.trim() ? info.trim() : `line-${line}.${language}`
    const code = language === 'vue' ? scriptOf(body) : body
    const file = `${folder}/${name}${language === 'vue' ? '.ts' : ''}`
    snippets.push({ file, code, line, ...(unchecked !== undefined && { unchecked }) })
  }
  return snippets
}

// Parsed library declarations are most of the work, and the same for every document.
const parsed = new Map<string, ts.SourceFile | undefined>()

/** Compiles the snippets of one document together and returns what is wrong, each with its line in the document. */
export function check(document: string, snippets: readonly Snippet[]): string[] {
  const files = new Map<string, Snippet>()
  const faults: string[] = []
  for (const snippet of snippets) {
    const path = join(root, snippet.file)
    if (snippet.unchecked === '') faults.push(`${document}:${snippet.line} no-check needs a reason`)
    if (snippet.unchecked !== undefined) continue
    if (files.has(path)) faults.push(`${document}:${snippet.line} a second block is named like this one`)
    files.set(path, snippet)
  }
  const program = ts.createProgram([...files.keys()], OPTIONS, hostWith(files))
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const snippet = file && files.get(file.fileName)
    const line = file && snippet ? snippet.line + 1 + file.getLineAndCharacterOfPosition(start).line : 0
    faults.push(`${document}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
  }
  return faults
}

function hostWith(files: ReadonlyMap<string, Snippet>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS, true)
  const folders = new Set([...files.keys()].map(dirname))
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    directoryExists: (path) => folders.has(path) || (host.directoryExists?.(path) ?? true),
    readFile: (path) => files.get(path)?.code ?? host.readFile(path),
    getSourceFile(path, options) {
      const snippet = files.get(path)
      // A block without imports is a module all the same, else its names would be everybody's.
      if (snippet) return ts.createSourceFile(path, `${snippet.code}\nexport {}\n`, options, true)
      if (!parsed.has(path)) parsed.set(path, host.getSourceFile(path, options))
      return parsed.get(path)
    },
  }
}

/** The script blocks of a component; everything else is blanked, so that lines keep their numbers. */
function scriptOf(component: string): string {
  let inside = false
  const lines = component.split('\n').map((line) => {
    const tag = /^<(\/?)script\b/.exec(line)
    if (tag) inside = tag[1] === ''
    return tag || !inside ? '' : line
  })
  return lines.join('\n')
}
