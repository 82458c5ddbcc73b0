import { createRenderer, h } from 'vue'
import { TYPES } from '../lib/frames.mjs'

// The least a renderer needs: nodes are plain objects. What a browser does with real ones is measured in a browser.
const { createApp } = createRenderer({
  createElement: (tag) => ({ tag, children: [] }),
  createText: (text) => ({ text }),
  createComment: (text) => ({ text }),
  setText: (node, text) => void (node.text = text),
  setElementText: (node, text) => void (node.text = text),
  patchProp: (node, key, _, value) => void (node[key] = value),
  parentNode: (node) => node.parent ?? null,
  nextSibling: (node) => node.parent?.children[node.parent.children.indexOf(node) + 1] ?? null,
  insert(node, parent, before) {
    node.parent = parent
    const at = before ? parent.children.indexOf(before) : -1
    parent.children.splice(at < 0 ? parent.children.length : at, 0, node)
  },
  remove(node) {
    node.parent?.children.splice(node.parent.children.indexOf(node), 1)
    node.parent = undefined
  },
})

/** Mounts components that each show one key of a store. @returns what takes them away */
export function mountReaders({ get }, { count, take }) {
  const Reader = {
    props: ['name'],
    setup: (props) => () => {
      const value = get(props.name)
      take(value)
      return h('td', String(value?.price))
    },
  }
  const app = createApp({
    render: () => Array.from({ length: count }, (_, i) => h(Reader, { key: i, name: TYPES[i % TYPES.length] })),
  })
  app.mount({ tag: 'root', children: [] })
  return () => app.unmount()
}
