const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const number = new Intl.NumberFormat('en-GB')

/** @returns `14:03:09` */
export const formatTime = (timeMs: number): string => clock.format(timeMs)

/** @returns `1,284` */
export const formatNumber = (value: number): string => number.format(value)
