import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8081'

export default defineConfig({
  base: '/screens/',
  plugins: [vue()],
  // Browsers that know light-dark(): without this it would be rewritten into something longer. ECharts alone is half a megabyte.
  build: { target: 'es2022', cssTarget: ['chrome123', 'firefox120', 'safari17.5'], chunkSizeWarningLimit: 800 },
  // `npx vite` beside a running `npm run demo:screens`. The Origin check wants the page's own host, so it stays as it is.
  server: {
    proxy: {
      '/api': server,
      '/screens/api': server,
      '/screens/ws': { target: server, ws: true, changeOrigin: false },
    },
  },
})
