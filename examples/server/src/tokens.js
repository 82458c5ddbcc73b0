import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const LIFETIME_MS = 12 * 60 * 60 * 1000

/**
 * Login tokens: `user.issuedAt.nonce.signature`. Signed instead of remembered, so that a restarted server still knows
 * the people who were signed in, and their pages come back without a new login.
 *
 * @param {string} secret the signing key; who has it can sign in as anybody
 */
export function createTokens(secret) {
  let revokedUntil = 0
  let newest = 0

  /** @param {string} text */
  const sign = (text) => createHmac('sha256', secret).update(text).digest('base64url')

  return {
    /**
     * @param {string} user
     * @returns {string} a new token, another one for each login
     */
    issue(user) {
      // Never two in the same millisecond: `revokeAll` must reach exactly those that were issued before it.
      newest = Math.max(Date.now(), newest + 1, revokedUntil + 1)
      const claims = `${Buffer.from(user).toString('base64url')}.${newest}.${randomBytes(12).toString('base64url')}`
      return `${claims}.${sign(claims)}`
    },

    /**
     * @param {unknown} token
     * @returns {string | undefined} the user, when the token is one of ours, not revoked and not too old
     */
    verify(token) {
      if (typeof token !== 'string') return undefined
      const [user = '', issued = '', nonce = '', signature = '', ...rest] = token.split('.')
      if (rest.length > 0 || !equal(signature, sign(`${user}.${issued}.${nonce}`))) return undefined
      const issuedAt = Number(issued)
      if (issuedAt <= revokedUntil || Date.now() - issuedAt > LIFETIME_MS) return undefined
      return Buffer.from(user, 'base64url').toString()
    },

    /** Makes every token issued so far worthless. A restart forgets this. */
    revokeAll() {
      revokedUntil = Math.max(Date.now(), newest)
    },
  }
}

/**
 * @param {string} left
 * @param {string} right
 */
function equal(left, right) {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
