import { useAppState } from '../app.ts'
import { formatPercent, formatTime } from '../lib/format.ts'
import { LIMIT } from '../models/monitor.ts'
import { CpuChart } from './CpuChart.tsx'

export function CpuCard() {
  const { dd, dindex } = useAppState(({ monitor }) => monitor)
  const isLive = useAppState(({ connection }) => connection.status === 'open')
  const last = dd.at(-1)
  return (
    <section className="card" aria-labelledby="cpu-title" data-stale={!isLive}>
      <header className="cpu">
        <div>
          <h2 id="cpu-title">CPU load</h2>
          <p className="hero value">
            {formatPercent(last?.value)}
            <span className="unit">%</span>
          </p>
        </div>
        <dl>
          <div>
            <dt>Received (dindex)</dt>
            <dd className="value" data-part="dindex">
              {dindex}
            </dd>
          </div>
          <div>
            <dt>Last at</dt>
            <dd className="value">{last ? formatTime(Date.parse(last.year)) : '–'}</dd>
          </div>
        </dl>
      </header>
      <div className="plot">
        <CpuChart points={dd} />
        {!last && <p className="empty">{isLive ? 'Waiting for the first sample …' : 'No samples yet.'}</p>}
      </div>
      <footer>
        <span data-part="count">{dd.length}</span> of {LIMIT} points
      </footer>
    </section>
  )
}
