import { useClient, useConnectionState } from '@statewire/vue'
import { computed, onWatcherCleanup, ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import type { ChartData, ChartName } from './protocol.ts'

export interface UseChartData<Name extends ChartName> {
  /** The last that came; kept through an outage, since old figures are better than none. */
  readonly data: Readonly<ShallowRef<ChartData[Name] | undefined>>
  /** When it came, in milliseconds since the epoch. */
  readonly loadedAt: Readonly<Ref<number | undefined>>
  readonly hasFailed: Readonly<Ref<boolean>>
  reload(): void
}

/** A chart's data, asked for at each opening of the connection. */
export function useChartData<Name extends ChartName>(chartName: Name): UseChartData<Name> {
  const client = useClient()
  const connection = useConnectionState()
  const data = shallowRef<ChartData[Name]>()
  const loadedAt = ref<number>()
  const hasFailed = ref(false)
  const tries = ref(0)
  const isOpen = computed(() => connection.value.status === 'open')

  async function load(signal: AbortSignal): Promise<void> {
    hasFailed.value = false
    try {
      data.value = (await client.request('getData', { chartName }, { signal })) as ChartData[Name]
      loadedAt.value = Date.now()
    } catch {
      // With the link gone too there is nothing to complain about: the next opening asks again.
      hasFailed.value = !signal.aborted && isOpen.value
    }
  }

  watch(
    [isOpen, tries],
    () => {
      if (!isOpen.value) return
      const wanted = new AbortController()
      onWatcherCleanup(() => wanted.abort())
      void load(wanted.signal)
    },
    { immediate: true },
  )

  return { data, loadedAt, hasFailed, reload: () => void tries.value++ }
}
