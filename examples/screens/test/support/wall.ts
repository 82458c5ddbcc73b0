import type { Page } from 'playwright'

export type Theme = 'light' | 'dark'

/** A window that shows the charts, as a test handles it. */
export class Wall {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/screens/`)
    await this.page.getByLabel('User name').fill('demo')
    await this.page.getByLabel('Password').fill('demo')
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** What the banner says now, as it is seen. */
  label(): Promise<string> {
    return this.page.locator('[data-part=label]').innerText()
  }

  /** All that is written in a chart. */
  async words(chartName: string): Promise<string> {
    return (await this.page.locator(`[data-chart=${chartName}] svg text`).allTextContents()).join(' ')
  }

  async toggle(chartName: string): Promise<void> {
    await this.page.locator(`[data-chart=${chartName}] button`).click()
  }

  /** The charts that fill the window below the bar, from edge to edge. */
  full(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-chart]')]
        .filter((card) => {
          const { left, width, bottom } = card.getBoundingClientRect()
          return left === 0 && width === document.documentElement.clientWidth && bottom === innerHeight
        })
        .map((card) => card.dataset['chart']!),
    )
  }

  async toggleTheme(): Promise<void> {
    await this.page.getByRole('button', { name: /^Use the (light|dark) theme$/ }).click()
  }

  /** The theme as it is painted: by the page and by a chart. */
  async theme(): Promise<readonly [page: Theme | undefined, chart: Theme | undefined]> {
    const [background, label] = await this.page.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      document.querySelector('[data-chart=seller] svg text:last-of-type')?.getAttribute('fill') ?? '',
    ])
    return [PAGES[background], LABELS[label]]
  }

  /** Where the parts of the page lie; the same in every state, if nothing jumps. */
  layout(): Promise<readonly number[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.bar, .cell')].flatMap((part) => {
        const { left, top, width, height } = part.getBoundingClientRect()
        return [left, top, width, height]
      }),
    )
  }

  /** Leaves a mark that a reload would wipe out. */
  async mark(): Promise<void> {
    await this.page.evaluate(() => void Object.assign(window, { marked: true }))
  }

  isMarked(): Promise<boolean> {
    return this.page.evaluate(() => 'marked' in window)
  }
}

const PAGES: Readonly<Record<string, Theme>> = { 'rgb(245, 246, 248)': 'light', 'rgb(14, 17, 23)': 'dark' }
const LABELS: Readonly<Record<string, Theme>> = { '#171a21': 'light', '#e9ecf1': 'dark' }
