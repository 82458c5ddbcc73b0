export { indexedDbStorage, type IndexedDbOptions } from './storage.ts'
