import { ERROR_TEXTS } from './lib/error-texts.ts'
import { useErrorTexts } from './lib/errors.ts'

// The only module of core with a side effect: package.json names it under `sideEffects`, so that no bundler leaves it out.
useErrorTexts(ERROR_TEXTS)

export * from './index.ts'
