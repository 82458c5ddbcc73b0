import { computed, ref } from 'vue'
import type { ComputedRef } from 'vue'
import type { Theme } from '../live/protocol.ts'

const KEY = 'statewire-demo.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const systemTheme = ref<Theme>(system.matches ? 'dark' : 'light')
const chosen = ref(localStorage.getItem(KEY) as Theme | null)

system.addEventListener('change', ({ matches }) => {
  systemTheme.value = matches ? 'dark' : 'light'
})

/** The theme that is shown: the chosen one, else the system's. */
export const theme: ComputedRef<Theme> = computed(() => chosen.value ?? systemTheme.value)

export function setTheme(next: Theme): void {
  localStorage.setItem(KEY, next)
  document.documentElement.dataset['theme'] = next
  chosen.value = next
}
