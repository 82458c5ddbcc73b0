export { checkData, createProtocolCheck, type Checked, type CheckError, type ProtocolCheck } from './check.ts'
export { defaultCloseVerdict, RETRY_LATER_MS, type CloseInfo, type CloseVerdict } from './close-codes.ts'
export type { Codec } from './codec.ts'
export {
  defineProtocol,
  type AnyProtocolTypes,
  type ClientName,
  type Protocol,
  type ProtocolDeclaration,
  type ProtocolTypes,
  type Register,
  type RegisteredTypes,
  type SchemaDeclaration,
  type TypesOf,
  type Undeclared,
} from './define-protocol.ts'
export { MAX_TYPE_LENGTH, parseEnvelope, type Envelope } from './envelope.ts'
export { jsonCodec, type JsonCodecOptions, type JsonMessage } from './json-codec.ts'
export type { Matcher, MessageMatch } from './matcher.ts'
export type { InferInput, InferOutput, SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.ts'
export { textCodec } from './text-codec.ts'
