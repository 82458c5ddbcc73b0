import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8082'

export default defineConfig({
  base: '/chat/',
  plugins: [vue()],
  // Browsers that know light-dark(): without this it would be rewritten into something longer.
  build: { target: 'es2022', cssTarget: ['chrome123', 'firefox120', 'safari17.5'] },
  // `npx vite` beside a running `npm run demo:chat`. The Origin check wants the page's own host, so it stays as it is.
  server: { proxy: { '/chat/socket.io': { target: server, ws: true, changeOrigin: false } } },
})
