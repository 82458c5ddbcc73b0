// What the tests use of packages that ship no types, or types of another React.
declare module 'dva-core' {
  export function create(hooks?: object, options?: object): unknown
}
declare module 'dva2' {
  export default function dva(options?: object): unknown
}
declare module 'dva-immer' {
  export default function createImmer(): object
}
declare module 'dva-loading' {
  export default function createLoading(): object
}
declare module 'regenerator-runtime/runtime.js' {}
