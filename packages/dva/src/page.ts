/** True where there is a page; false on a server that renders one, and in workers. Asked at use: tests change the host. */
export const hasPage = (): boolean => typeof document !== 'undefined'
