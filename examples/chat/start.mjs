import { createChat } from './server/app.js'

const port = Number(process.env['PORT'] || 8082)

try {
  const chat = await createChat({ port })
  console.log(`Statewire chat: ${chat.url}
From another terminal: node examples/chat/console.mjs --url ${chat.url} --name Ann`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void chat.close())
} catch (error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
  console.error(code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another: PORT=8083 npm run demo:chat` : message)
  process.exitCode = 1
}
