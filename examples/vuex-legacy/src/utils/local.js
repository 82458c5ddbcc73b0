const PREFIX = 'statewire-demo.vuex.'

export const getLocal = (key) => localStorage.getItem(PREFIX + key)

export const setLocal = (key, value) => localStorage.setItem(PREFIX + key, value)

export const removeLocal = (key) => localStorage.removeItem(PREFIX + key)
