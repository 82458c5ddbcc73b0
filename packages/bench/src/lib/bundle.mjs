import { createRequire } from 'node:module'

// The bundler that the size check of this repository uses.
const ofPreset = createRequire(createRequire(import.meta.url).resolve('@size-limit/preset-small-lib'))
const esbuild = createRequire(ofPreset.resolve('@size-limit/esbuild'))('esbuild')

/** Bundles for a browser, as for production. @returns the files, in memory */
export async function bundle(options) {
  const { outputFiles } = await esbuild.build({
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['production'],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    logLevel: 'error',
    ...options,
  })
  return outputFiles
}
