import type { Page } from 'playwright'

/** A window of the chat, as a test handles it. */
export class ChatWindow {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(url: string, name: string): Promise<void> {
    await this.page.goto(`${url}/chat/`)
    await this.page.getByLabel('What shall we call you?').fill(name)
    await this.page.getByRole('button', { name: 'Enter' }).click()
  }

  /** What the banner says now, as it is seen. */
  label(): Promise<string> {
    return this.page.locator('[data-part=label]').innerText()
  }

  async say(text: string): Promise<void> {
    await this.page.locator('input[name=text]').fill(text)
    await this.page.keyboard.press('Enter')
  }

  /** The messages of the room: `Ann: hello`. */
  messages(): Promise<string[]> {
    return this.page
      .locator('[data-part=message]')
      .evaluateAll((items) =>
        items.map(
          (item) => `${item.querySelector('strong')!.textContent}: ${item.querySelector('.text')!.textContent}`,
        ),
      )
  }

  /** What the server has not confirmed. */
  waiting(): Promise<string[]> {
    return this.page.locator('[data-part=outgoing] .text').allTextContents()
  }

  async choose(room: string): Promise<void> {
    await this.page.getByRole('button', { name: room }).click()
  }

  people(): Promise<string> {
    return this.page.getByLabel('People in this room').innerText()
  }

  /** Where the parts of the page lie; the same in every state, if nothing jumps. */
  layout(): Promise<readonly number[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('header, nav, main, main > *')].flatMap((part) => {
        const { left, top, width, height } = part.getBoundingClientRect()
        return [left, top, width, height]
      }),
    )
  }
}
