import { createScreens } from './server/screens.js'

const port = Number(process.env['PORT'] || 8081)

try {
  const screens = await createScreens({ port })
  console.log(`Statewire screens: ${screens.url}  (open it in two windows; user name and password are both demo)`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void screens.close())
} catch (error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
  console.error(
    code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another: PORT=8082 npm run demo:screens` : message,
  )
  process.exitCode = 1
}
