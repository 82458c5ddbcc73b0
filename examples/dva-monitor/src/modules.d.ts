// What this page uses of packages that come without types here.
declare module 'dva-core' {
  import type { Store } from 'redux'

  export interface App {
    use(plugin: object): void
    model(model: object): void
    start(): void
    readonly _store: Store
  }
  export function create(): App
}

declare module 'react-dom/client' {
  import type { ReactNode } from 'react'

  export function createRoot(container: Element): { render(children: ReactNode): void }
}
