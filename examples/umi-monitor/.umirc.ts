import { defineConfig } from 'umi'

export default defineConfig({
  plugins: ['@umijs/plugins/dist/dva'],
  dva: {},
  base: '/umi/',
  publicPath: '/umi/',
  npmClient: 'npm',
  mfsu: false,
  routes: [
    { path: '/', component: 'monitor' },
    { path: '/login', component: 'login' },
  ],
})
