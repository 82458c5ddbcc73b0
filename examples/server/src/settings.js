import { parseArgs } from 'node:util'

export const USAGE = `Usage: npm run demo -- [options]

  --port <number>      where to listen (default 8080, or the environment variable PORT)
  --host <address>     which address to listen on (default 127.0.0.1: this machine only)
  --interval <ms>      time between two samples (default 500)
  --page <path>        the page to name when ready, such as /vuex/ (default: the start page)
  --help               shows this
`

/**
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {{ help: true } | { help: false, port: number, host: string, intervalMs: number, page: string }}
 * @throws {Error} that says which setting is wrong
 */
export function parseSettings(args, env) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      interval: { type: 'string', default: '500' },
      page: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { help: true }
  const port = values.port ?? (env['PORT'] || '8080')
  return {
    help: false,
    port: integer({ text: port, name: values.port === undefined ? 'PORT' : '--port', min: 0, max: 65_535 }),
    host: values.host,
    page: values.page,
    intervalMs: integer({ text: values.interval, name: '--interval', min: 1, max: 60_000 }),
  }
}

/** @param {{ text: string, name: string, min: number, max: number }} setting */
function integer({ text, name, min, max }) {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Error(`${name} must be a whole number from ${min} to ${max}, received "${text}".`)
}
