export { createFaultProxy, type FaultDirection, type FaultProxy, type FaultProxyOptions } from './fault-proxy.ts'
