export { describeCodecContract, type CodecSamples } from './codec.ts'
export {
  describeTransportContract,
  type TransportHarness,
  type TransportPeer,
  type TransportTraits,
} from './transport.ts'
