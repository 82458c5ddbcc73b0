import { describe } from 'vitest'
import { halfOfTheSchedules } from './promises.ts'

describe('random schedules of faults and calls', halfOfTheSchedules)
