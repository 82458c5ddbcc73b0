import { ERROR_TEXTS } from '../src/lib/error-texts.ts'
import { useErrorTexts } from '../src/lib/errors.ts'

// Tests run over the source, as the development build does: errors say everything.
useErrorTexts(ERROR_TEXTS)
