import type { Page } from 'playwright'

/** What the badge said at one moment. */
export interface Saying {
  readonly label: string
  readonly detail: string
  readonly announcement: string
}

/** The dashboard as a test handles it. */
export class Dashboard {
  readonly page: Page
  readonly #base: string

  constructor(page: Page, base: string) {
    this.page = page
    this.#base = base
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.#base}/dashboard/`)
  }

  async login(password = 'demo'): Promise<void> {
    await this.page.getByLabel('User name').fill('demo')
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** What the badge says now, as it is seen. */
  label(): Promise<string> {
    return this.page.locator('[data-part=label]').innerText()
  }

  detail(): Promise<string> {
    return this.page.locator('[data-part=detail]').innerText()
  }

  /** What the badge says now, as it is read aloud. */
  async announcement(): Promise<string> {
    return (await this.page.getByRole('status', { name: 'Connection' }).textContent()) ?? ''
  }

  /** The series in the store. */
  series(): Promise<{ time: number; percent: number }[]> {
    return this.page.evaluate(() => {
      const root = document.querySelector('#app') as unknown as {
        __vue_app__: { config: { globalProperties: { $pinia: { state: { value: { machine: { cpu: [] } } } } } } }
      }
      return root.__vue_app__.config.globalProperties.$pinia.state.value.machine.cpu
    })
  }

  /** How much time the series covers, in seconds. */
  async seconds(): Promise<number> {
    const series = await this.series()
    return ((series.at(-1)?.time ?? 0) - (series[0]?.time ?? 0)) / 1_000
  }

  /** The number of samples as it is shown. */
  async count(): Promise<number> {
    return Number(await this.page.locator('[data-part=count]').innerText())
  }

  /** Notes from now on all that the badge says. */
  async record(): Promise<void> {
    await this.page.evaluate(() => {
      const said: Saying[] = []
      Object.assign(window, { said })
      const textOf = (selector: string): string => document.querySelector(`.badge ${selector}`)?.textContent ?? ''
      const note = (): void =>
        void said.push({
          label: textOf('[data-part=label]'),
          detail: textOf('[data-part=detail]'),
          announcement: textOf('[role=status]'),
        })
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
    })
  }

  /** What the badge has said since `record`; undefined after a reload. */
  said(): Promise<readonly Saying[] | undefined> {
    return this.page.evaluate(() => (window as unknown as { said?: Saying[] }).said)
  }

  /** Where the parts of the page lie; the same in every state, if nothing jumps. */
  layout(): Promise<readonly number[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('main > *, [role=switch]')].flatMap((part) => {
        const { top, left, height } = part.getBoundingClientRect()
        return [top, left, height]
      }),
    )
  }
}
