const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** @returns `14:03:09` */
export const formatTime = (timeMs: number): string => clock.format(timeMs)

/** @returns `37.4`, or a dash when there is nothing to show */
export const formatPercent = (percent: number | undefined): string => percent?.toFixed(1) ?? '–'
