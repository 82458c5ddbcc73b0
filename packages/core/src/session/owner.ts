export interface OwnerParts {
  /** The client's. */
  readonly name: string
  readonly url: () => string | Promise<string>
  readonly userId: string | number
}

/** Names the outboxes of one user at one server. Of the URL without what may be secret: credentials, query and fragment. */
export async function ownerOf({ name, url, userId }: OwnerParts): Promise<string> {
  const address = (await url()).replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')
  return JSON.stringify([name, address, userId])
}
