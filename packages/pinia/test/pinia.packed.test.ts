import { describePacked } from '../../testing/test/packed.ts'

const usage = `
import { createPinia } from 'pinia'
import { createClient } from '@statewire/core'
import { piniaStatewire } from '@statewire/pinia'

createPinia().use(piniaStatewire(createClient({ url: 'wss://example.org' })))
`

describePacked({ folder: 'pinia', peers: ['vue', 'pinia'], usage })
