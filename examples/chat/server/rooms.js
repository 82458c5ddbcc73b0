/** @import { ChatMessage } from './messages.js' */

const REMEMBERED = 100

/**
 * The rooms there are, who is in them, and what was said last. A room that is not in the list cannot be made by asking for it.
 *
 * @param {readonly string[]} names
 */
export function createRooms(names) {
  /** @type {ReadonlyMap<string, { people: Map<string, string>, messages: ChatMessage[] }>} */
  const rooms = new Map(names.map((name) => [name, { people: new Map(), messages: [] }]))

  return {
    /**
     * @param {unknown} room
     * @returns {string | undefined} the room's name, when there is one
     */
    find: (room) => (typeof room === 'string' && rooms.has(room) ? room : undefined),

    /**
     * Somebody comes in, and leaves the room they were in.
     *
     * @param {string} id of the connection
     * @param {string} name
     * @param {string} room
     */
    enter(id, name, room) {
      this.leave(id)
      rooms.get(room)?.people.set(id, name)
    },

    /** @param {string} id of the connection */
    leave(id) {
      for (const { people } of rooms.values()) people.delete(id)
    },

    /** @param {ChatMessage} message */
    remember(message) {
      const messages = rooms.get(message.room)?.messages
      messages?.push(message)
      if (messages && messages.length > REMEMBERED) messages.shift()
    },

    /**
     * @param {string} room
     * @returns {readonly ChatMessage[]} the last ones, oldest first
     */
    messages: (room) => rooms.get(room)?.messages ?? [],

    /** Every room with the people in it; somebody with two windows is one person. */
    list: () => [...rooms].map(([name, { people }]) => ({ name, people: [...new Set(people.values())].sort() })),
  }
}

/** @typedef {ReturnType<typeof createRooms>} Rooms */
