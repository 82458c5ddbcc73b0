import { append, latest } from '@statewire/core'
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useMonitor = defineStore('monitor', {
  state: () => ({ last: null as unknown, dd: [] as readonly unknown[], unread: 0, own: 'untouched' }),
  wire: {
    ticker: latest('last'),
    point: append('dd', { limit: 300 }),
    notice: (state, messages) => ({ unread: state.unread + messages.length }),
  },
})

export const useSetup = defineStore(
  'setup',
  () => {
    const last = ref<unknown>({ initial: [1] })
    const unread = ref(0)
    const own = ref('mine')
    return { last, unread, own }
  },
  { wire: { ticker: latest('last'), notice: (state, messages) => ({ unread: state.unread + messages.length }) } },
)
