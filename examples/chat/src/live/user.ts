import { ref } from 'vue'

const KEY = 'statewire-chat.name'

/** What the user wants to be called; empty until they say. Kept for the tab, so that a reload does not ask again. */
export const userName = ref(sessionStorage.getItem(KEY) ?? '')
/** The room the user is in. */
export const room = ref('lobby')
/** Why the name was not accepted. */
export const notice = ref('')

export function enter(name: string): void {
  notice.value = ''
  sessionStorage.setItem(KEY, name)
  userName.value = name
}

export function leave(why = ''): void {
  sessionStorage.removeItem(KEY)
  userName.value = ''
  notice.value = why
}
