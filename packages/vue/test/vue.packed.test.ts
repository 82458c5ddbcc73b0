import { describePacked } from '../../testing/test/packed.ts'

const usage = `
import { createApp } from 'vue'
import { createClient } from '@statewire/core'
import { statewire } from '@statewire/vue'

createApp({}).use(statewire(createClient({ url: 'wss://example.org' })))
`

describePacked({ folder: 'vue', peers: ['vue'], usage })
