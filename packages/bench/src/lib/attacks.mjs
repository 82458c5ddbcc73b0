/** What hostile clients do, in the words of the report. Each is in `processes/attack.mjs`. */
export const ATTACKS = [
  'messages as fast as the link takes them',
  'numbered messages as fast',
  'frames of 10 MB',
  'never reads a topic of 1.6 MB/s',
  'connects and says nothing',
  'subscribes to 256 topics a frame, new ones each time',
  'no JSON',
  'an upgrade request, a byte each 100 ms',
  'a frame of 64 KB, a byte each 100 ms',
  'wrong tokens',
  'a new session on each link',
  'nothing but upgrades',
]
