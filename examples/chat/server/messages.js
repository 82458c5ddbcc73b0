/**
 * A message as everybody in its room gets it.
 *
 * @typedef {object} ChatMessage
 * @property {string} id
 * @property {string} room
 * @property {string} name who said it
 * @property {string} text
 * @property {number} at milliseconds since the epoch, by the server's clock
 */

const LONGEST_NAME = 24
const LONGEST_TEXT = 1_000

// Letters of any script, with single spaces or the usual signs between them: nothing that could pass for a line of its own.
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|[ '._-](?=[\p{L}\p{N}]))*$/u

/**
 * @param {unknown} value
 * @returns {string | undefined} the name, when it is one
 */
export function parseName(value) {
  return typeof value === 'string' && value.length <= LONGEST_NAME && NAME.test(value) ? value : undefined
}

/**
 * @param {unknown} value
 * @returns {string | undefined} the text without the space around it, when anything is left and it is not too long
 */
export function parseText(value) {
  const text = typeof value === 'string' ? value.trim() : ''
  return text !== '' && text.length <= LONGEST_TEXT ? text : undefined
}

/**
 * @param {unknown} value
 * @returns {Readonly<Record<string, unknown>>} an object in any case, so that its fields can be looked at
 */
export function fieldsOf(value) {
  return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {}
}
