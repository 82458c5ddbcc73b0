import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/dva/',
  plugins: [react()],
  // Browsers that know light-dark(): without this it would be rewritten into something longer.
  build: { target: 'es2022', cssTarget: ['chrome123', 'firefox120', 'safari17.5'] },
  // `npx vite` beside a running `npm run demo`. The Origin check wants the page's own host, so it stays as it is.
  server: { proxy: { '/api': server, '/ws': { target: server, ws: true, changeOrigin: false } } },
})
