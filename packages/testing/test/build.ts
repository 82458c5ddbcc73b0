import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds every package, so that no test of what is published runs against an old build. */
export function setup(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: 'inherit',
  })
}
