export { createFaultProxy, type FaultDirection, type FaultProxy, type FaultProxyOptions } from './fault-proxy.ts'
export type { FrameAction, FrameRule } from './frame-rules.ts'
export type {
  CheckResult,
  ConformanceLevel,
  ConformanceOptions,
  ConformanceReport,
  Need,
} from '../conformance/report.ts'
export { runConformance } from '../conformance/run-conformance.ts'
