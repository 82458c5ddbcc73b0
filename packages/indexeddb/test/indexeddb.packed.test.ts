import { describePacked } from '../../testing/test/packed.ts'

const usage = `
import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { indexedDbStorage } from '@statewire/indexeddb'

const client = createClient({ url: 'wss://example.org', session: session({ storage: indexedDbStorage(), park: true }) })
client.signIn('ann')
`

describePacked({ folder: 'indexeddb', usage, dependencies: ['idb'] })
