// Fails when the lock file would not install everywhere: a native binding that is left out makes `npm ci` fail on the
// platform it is for, and a download address ties the project to one registry.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const nameOf = (path) => path.split('node_modules/').at(-1)
const locked = new Set(Object.keys(packages).map(nameOf))

const faults = Object.entries(packages).flatMap(([path, entry]) => [
  ...Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !locked.has(name))
    .map((name) => `${path} lacks its optional dependency ${name}: remove node_modules and make the lock file anew`),
  ...(/^https?:/.test(entry.resolved ?? '') ? [`${path} names a download address: ${entry.resolved}`] : []),
])

for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
