/** Returns 128 random bits as 32 hexadecimal digits. */
export function randomId(): string {
  const bytes = new Uint8Array(16)
  const source = (globalThis as { crypto?: Crypto }).crypto
  // Where the host has no crypto (old React Native), chance is good enough: the id has to be unique, not secret.
  if (source) source.getRandomValues(bytes)
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
