import { statewire } from '@statewire/vue'
import { createApp } from 'vue'
import App from './App.vue'
import { client } from './live/client.ts'
import './style.css'

createApp(App).use(statewire(client)).mount('#app')
