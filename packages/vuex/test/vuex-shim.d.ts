// vuex 4.1.0 does not export its types.
declare module 'vuex' {
  export * from 'vuex/types/index.d.ts'
  export { default } from 'vuex/types/index.d.ts'
}
