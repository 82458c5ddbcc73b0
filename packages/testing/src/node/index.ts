export { createFaultProxy, type FaultDirection, type FaultProxy, type FaultProxyOptions } from './fault-proxy.ts'
export type { FrameAction, FrameRule } from './frame-rules.ts'
