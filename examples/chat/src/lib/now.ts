import { onWatcherCleanup, ref, watch } from 'vue'
import type { Ref, WatchSource } from 'vue'

const STEP_MS = 200

/** The time in milliseconds since the epoch; it moves only while `active` is true. */
export function useNow(active: WatchSource<boolean>): Readonly<Ref<number>> {
  const now = ref(Date.now())
  watch(
    active,
    (isActive) => {
      if (!isActive) return
      const update = (): void => {
        now.value = Date.now()
      }
      update()
      const timer = setInterval(update, STEP_MS)
      onWatcherCleanup(() => clearInterval(timer))
    },
    { immediate: true },
  )
  return now
}
