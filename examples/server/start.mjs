import { build } from './src/build.js'
import { parseSettings, USAGE } from './src/settings.js'

try {
  const settings = parseSettings(process.argv.slice(2), process.env)
  if (settings.help) process.stdout.write(USAGE)
  else await start(settings)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** @param {{ port: number, host: string, intervalMs: number, page: string }} settings */
async function start({ page, ...settings }) {
  await build({ say: console.log })
  // Not before: it imports what has just been built.
  const { createDemo } = await import('./src/demo.js')
  const demo = await createDemo(settings).catch((error) => {
    throw new Error(explain(error, settings), { cause: error })
  })
  console.log(`Statewire demo: ${demo.url}${page}`)

  // Once: a second Ctrl-C ends the process at once, as it does by default.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void demo.close())
}

/**
 * @param {NodeJS.ErrnoException} error
 * @param {{ port: number, host: string }} settings
 */
function explain(error, { port, host }) {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Free it, or choose another: npm run demo -- --port ${port < 65_535 ? port + 1 : 8080}`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023: npm run demo -- --port 8080`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Leave --host out to listen on this machine only, or give 0.0.0.0 for all of its addresses.`
    default:
      return error.message
  }
}
