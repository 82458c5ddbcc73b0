import type { BoxChange, BoxIdentity, KeptMessage, OutboxBox, OutboxStorage } from '../../src/session/index.ts'

interface StoredBox {
  readonly owner: string
  identity: BoxIdentity
  readonly messages: Map<number, KeptMessage>
  /** Who adopted it last. */
  keeper: OutboxBox
}

type Mood = 'fine' | 'failing' | 'hanging'

/** What outlives pages: boxes, and who has them. */
export class FakeDisk {
  readonly boxes = new Map<number, StoredBox>()
  readonly holders = new Map<number, FakePage>()
  mood: Mood = 'fine'
  /** Writes that were begun. */
  writes = 0
  /** How long it takes. */
  latency: () => Promise<void> = async () => {}
  #stuck: (() => void)[] = []
  #last = Promise.resolve()
  #lastId = 0

  /** The storage as one page sees it. */
  page(): FakePage {
    return new FakePage(this)
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** Ends what hangs, and fails or hangs no more. */
  recover(): void {
    this.mood = 'fine'
    for (const go of this.#stuck.splice(0)) go()
  }

  /** One after the other, as they were asked for. */
  access(): Promise<void> {
    return (this.#last = this.#last.catch(() => {}).then(() => this.#access()))
  }

  async #access(): Promise<void> {
    await this.latency()
    if (this.mood === 'failing') throw new Error('no room left')
    if (this.mood === 'hanging') await new Promise<void>((resolve) => void this.#stuck.push(resolve))
  }

  /** Data of the messages in all boxes, oldest first. */
  get kept(): unknown[] {
    return [...this.boxes.values()].flatMap(({ messages }) =>
      [...messages.values()].map(({ frame }) => (JSON.parse(frame as string) as { data: unknown }).data),
    )
  }
}

export class FakePage implements OutboxStorage {
  readonly disk: FakeDisk
  #crashed = false

  constructor(disk: FakeDisk) {
    this.disk = disk
  }

  /** The page ends at once: nothing that it does from now on has any effect. */
  crash(): void {
    this.#crashed = true
    for (const [id, page] of this.disk.holders) if (page === this) this.disk.holders.delete(id)
  }

  async adopt(owner: string): Promise<OutboxBox | undefined> {
    await this.access()
    for (const [id, box] of this.disk.boxes) {
      if (box.owner !== owner || this.disk.holders.has(id) || box.messages.size === 0) continue
      this.disk.holders.set(id, this)
      return new FakeBox(this, id, owner)
    }
    return undefined
  }

  async create(owner: string): Promise<OutboxBox> {
    await this.access()
    const id = this.disk.nextId()
    this.disk.holders.set(id, this)
    return new FakeBox(this, id, owner)
  }

  async clear(owner: string): Promise<void> {
    await this.access()
    for (const [id, box] of this.disk.boxes) {
      if (box.owner === owner && !this.disk.holders.has(id)) this.disk.boxes.delete(id)
    }
  }

  async access(): Promise<void> {
    if (this.#crashed) return new Promise(() => {})
    await this.disk.access()
    if (this.#crashed) return new Promise(() => {})
  }
}

class FakeBox implements OutboxBox {
  readonly content
  readonly #page: FakePage
  readonly #id: number
  readonly #owner: string

  constructor(page: FakePage, id: number, owner: string) {
    this.#page = page
    this.#id = id
    this.#owner = owner
    const stored = page.disk.boxes.get(id)
    if (stored) stored.keeper = this
    this.content = stored && { identity: stored.identity, messages: [...stored.messages.values()] }
  }

  async write({ identity, put, removed }: BoxChange): Promise<void> {
    const { disk } = this.#page
    disk.writes++
    await this.#page.access()
    const box = disk.boxes.get(this.#id) ?? { owner: this.#owner, identity, messages: new Map(), keeper: this }
    if (box.keeper !== this) throw new Error('another page has it')
    box.identity = identity
    for (const message of put) box.messages.set(message.seq, structuredClone(message))
    for (const seq of removed) box.messages.delete(seq)
    disk.boxes.set(this.#id, box)
  }

  async hold(): Promise<boolean> {
    const isHeld = (): boolean => this.#page.disk.holders.get(this.#id) === this.#page
    if (isHeld()) return true
    await this.#page.access()
    return isHeld()
  }

  release(): void {
    const { holders } = this.#page.disk
    if (holders.get(this.#id) === this.#page) holders.delete(this.#id)
  }

  async delete(): Promise<void> {
    await this.#page.access()
    if (this.#page.disk.boxes.get(this.#id)?.keeper === this) this.#page.disk.boxes.delete(this.#id)
    this.release()
  }
}
