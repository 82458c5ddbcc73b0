import { dvaStatewire } from '@statewire/dva'
import { client } from './client'

export const dva = { plugins: [dvaStatewire(client)] }
