import { herdFaults } from './herd.mjs'
import { linkFaults } from './link-faults.mjs'
import { useFaults } from './use-faults.mjs'

/** In the order of the table. */
export const faults = { ...linkFaults, ...useFaults, ...herdFaults }
