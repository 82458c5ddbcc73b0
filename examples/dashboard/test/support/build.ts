import { build } from '../../../server/src/build.js'

/** Builds the packages and the pages once for all browser tests, as a user gets them, so that none runs against an old build. */
export default (): Promise<void> => build({ say: () => {}, all: true })
