export * from './messages.ts'
export { parseAnnouncement, parseName, parseNumbered, parsePlaced, parseReplyError, parseSession } from './parse.ts'
