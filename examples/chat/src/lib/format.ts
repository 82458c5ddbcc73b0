const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** @returns `14:03` */
export const formatTime = (timeMs: number): string => clock.format(timeMs)
