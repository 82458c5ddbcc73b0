import { FakeClock } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PendingRequests } from '../../src/session/pending-requests.ts'

function setup() {
  const clock = new FakeClock()
  const requests = new PendingRequests(clock)
  onTestFinished(() => requests.discard('over'))
  /** Asks; tells what became of it, and lets the test give it a number and acknowledge it. */
  const ask = (messageType: string, timeoutMs = 10_000) => {
    let number!: (n: number) => void
    let acknowledge!: () => void
    const answer = requests.ask(messageType, { timeoutMs, signal: undefined }, ({ onNumber }) => {
      number = onNumber!
      return new Promise((resolve) => (acknowledge = resolve))
    })
    answer.catch(() => {})
    return { answer, number, acknowledge }
  }
  return { clock, requests, ask }
}

describe('requests that wait for their replies', () => {
  it('keep a number that another one had under the client id before, when that one ends', async () => {
    const { clock, requests, ask } = setup()
    const before = ask('before', 50)
    before.number(1)
    before.acknowledge()
    const after = ask('after')
    after.number(1)
    clock.advance(50)
    await expect(before.answer).rejects.toMatchObject({ code: 'TIMEOUT' })
    requests.answer(1, { result: 'reply' })
    await expect(after.answer).resolves.toBe('reply')
  })

  it('keep a number that another one had under the client id before, when that one gets another', async () => {
    const { requests, ask } = setup()
    const [first, second] = [ask('first'), ask('second')]
    first.number(1)
    second.number(1)
    first.number(2)
    requests.answer(1, { result: 'second' })
    requests.answer(2, { result: 'first' })
    await expect(Promise.all([first.answer, second.answer])).resolves.toEqual(['first', 'second'])
  })

  it('tell, where the server is a plain one, whether a server before may have had them', async () => {
    const { requests, ask } = setup()
    const [sent, unsent] = [ask('sent'), ask('unsent')]
    sent.number(1)
    requests.unsupported()
    await expect(sent.answer).rejects.toMatchObject({ code: 'LOST', details: { messageType: 'sent' } })
    await expect(unsent.answer).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(requests.size).toBe(0)
  })
})
