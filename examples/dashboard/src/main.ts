import { piniaStatewire } from '@statewire/pinia'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { client } from './live/client.ts'
import { router } from './router.ts'
import 'uplot/dist/uPlot.min.css'
import './style.css'

const pinia = createPinia().use(piniaStatewire(client))

// Pinia before the router: the guards read the user store.
createApp(App).use(pinia).use(router).mount('#app')
