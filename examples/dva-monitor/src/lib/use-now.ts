import { useEffect, useState } from 'react'

const STEP_MS = 200

/** The time in milliseconds since the epoch; it moves only while `isActive` is true. */
export function useNow(isActive: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isActive) return undefined
    const update = (): void => setNow(Date.now())
    update()
    const timer = setInterval(update, STEP_MS)
    return () => clearInterval(timer)
  }, [isActive])
  return now
}
