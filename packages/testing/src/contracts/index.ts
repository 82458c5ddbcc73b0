export { describeCodecContract, type CodecSamples } from './codec.ts'
export {
  describeTransportContract,
  type TransportHarness,
  type TransportPeer,
  type TransportTraits,
} from './transport.ts'
export { describeSinkContract } from './sink.ts'
export type { SetupSink, SinkContractCore, SinkContractState, SinkHarness, SinkSetup } from './sink-harness.ts'
