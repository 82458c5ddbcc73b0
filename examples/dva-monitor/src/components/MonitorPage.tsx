import { useDispatch } from '../app.ts'
import { BrandMark } from './BrandMark.tsx'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { CpuCard } from './CpuCard.tsx'

export function MonitorPage() {
  const dispatch = useDispatch()
  return (
    <div className="page">
      <header className="top">
        <BrandMark />
        <button type="button" className="button quiet" onClick={() => void dispatch({ type: 'session/logout' })}>
          Log out
        </button>
      </header>
      <main>
        <h1 className="visually-hidden">Load of this machine</h1>
        <ConnectionBanner />
        <CpuCard />
      </main>
    </div>
  )
}
