import { onMade, type Fake } from '../fakes/made.ts'
import { checkResources, type ResourceViolation } from './check-resources.ts'

/**
 * Watches every clock, signals, frames and network that is made from now on. Meant for a set-up file, where it holds for all tests
 * of a project, those included that forget to look.
 *
 * @returns A function that ends the watch and returns what is still held: by then everything should be disposed of.
 * @example
 * beforeEach(() => {
 *   const left = watchFakes()
 *   onTestFinished(() => expect(left()).toEqual([])) // registered first, so it runs after those of the test
 * })
 */
export function watchFakes(): () => ResourceViolation[] {
  const fakes: Fake[] = []
  const stop = onMade((fake) => fakes.push(fake))
  return () => {
    stop()
    return fakes.flatMap((fake) => checkResources(fake))
  }
}
