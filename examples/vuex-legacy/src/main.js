import Vue from 'vue'
import App from './App.vue'
import { router } from './router/index.js'
import { store } from './store/index.js'
import 'uplot/dist/uPlot.min.css'
// One look for all pages of the demo.
import '../../dashboard/src/style.css'

new Vue({ router, store, render: (h) => h(App) }).$mount('#app')
