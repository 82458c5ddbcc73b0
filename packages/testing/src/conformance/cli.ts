import { parseArgs } from 'node:util'
import { formatReport } from './format-report.ts'
import type { ConformanceLevel, ConformanceOptions } from './report.ts'
import { runConformance } from './run-conformance.ts'

export const USAGE = `Usage: statewire-conformance ws://host:port [options]

Checks a server over the wire. Exits with 1 when it fails a MUST, with 2 when it could not be checked.

  --level plain|sw     plain: {type, data}, auth, heartbeats (default); sw: the session protocol as well
  --token TOKEN        sent in the auth frame; without it, none is sent
  --other-token TOKEN  of another user: are sessions kept apart?
  --wrong-token TOKEN  must be refused (default: statewire-conformance-wrong)
  --topic NAME         may be published and subscribed to by the token (default: statewire-conformance)
  --heartbeat          the server answers heartCheck, whatever it announces
  --only TEXT          checks whose name contains this
  --timeout MS         longest time for one check (default: 5000)
  --quiet MS           how long silence is listened to (default: 300)
  --json               prints the report as JSON
`

/** What the command prints, and the code it exits with. */
export interface CliResult {
  readonly code: 0 | 1 | 2
  readonly out: string
}

/** Runs the command. Never rejects. @param args What was typed after its name. */
export async function runCli(args: readonly string[]): Promise<CliResult> {
  try {
    const { options, json, help } = readArgs(args)
    if (help) return { code: 0, out: USAGE }
    const report = await runConformance(options)
    const out = json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report)
    return { code: report.conforms ? 0 : 1, out }
  } catch (error) {
    return { code: 2, out: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}` }
  }
}

interface Arguments {
  readonly options: ConformanceOptions
  readonly json: boolean
  readonly help: boolean
}

function readArgs(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      level: text,
      token: text,
      'other-token': text,
      'wrong-token': text,
      topic: text,
      only: text,
      timeout: text,
      quiet: text,
      heartbeat: flag,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  })
  const { level, token, topic, only, heartbeat, json, help } = values
  const options = {
    url: help ? '' : readUrl(positionals),
    level: readLevel(level),
    token,
    otherToken: values['other-token'],
    wrongToken: values['wrong-token'],
    topic,
    only,
    heartbeat,
    timeoutMs: readMs('timeout', values.timeout),
    quietMs: readMs('quiet', values.quiet),
  }
  return { options, json, help }
}

function readUrl([url, ...others]: readonly string[]): string {
  if (url === undefined || others.length > 0) throw new Error('Give exactly one address.')
  if (!/^wss?:\/\//.test(url)) throw new Error(`"${url}" is no address that begins with ws:// or wss://.`)
  return url
}

function readLevel(level: string | undefined): ConformanceLevel | undefined {
  if (level === undefined || level === 'plain' || level === 'sw') return level
  throw new Error(`--level must be plain or sw, not "${level}".`)
}

function readMs(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const ms = Number(given)
  if (Number.isFinite(ms) && ms > 0) return ms
  throw new Error(`--${name} must be a positive number of milliseconds, not "${given}".`)
}
