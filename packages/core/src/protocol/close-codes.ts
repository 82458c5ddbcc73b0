/** What to do about a closed link. */
export type CloseVerdict =
  | { readonly action: 'retry'; /** Added to the backoff exponent. @default 0 */ readonly penalty?: number }
  | { readonly action: 'retryLater'; readonly afterMs: number }
  | { readonly action: 'refreshAuth' }
  | { readonly action: 'fatal' }
