export * from './public.ts'
export * from './session/index.ts'
