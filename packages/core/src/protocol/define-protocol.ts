import type { StandardSchema, InferInput, InferOutput } from './standard-schema.ts'

/** A message type's declaration: a schema, checked at run time, or (types-only protocols) just its type. */
type Schemas = Readonly<Record<string, StandardSchema>>

/** What a protocol says, as types: message type → data. */
export interface ProtocolTypes {
  readonly receive: object
  readonly send: object
  readonly requests: object
}

/** A declared protocol: types for the compiler, schemas for the run time. Made by `defineProtocol`. */
export interface Protocol<Types extends ProtocolTypes = ProtocolTypes> {
  readonly receive: Schemas
  readonly send: Schemas
  readonly requests: Readonly<Record<string, { readonly params: StandardSchema; readonly result: StandardSchema }>>
  /** Exists for the compiler only. */
  readonly types?: Types
}

/** Data nobody declared. `any` on purpose: `unknown` would reject every wire entry of an application without a protocol. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Undeclared = any

/** What a client without a protocol speaks: any type, unchecked data. */
export interface AnyProtocolTypes extends ProtocolTypes {
  readonly receive: Record<string, Undeclared>
  readonly send: Record<string, Undeclared>
  readonly requests: Record<string, { params: Undeclared; result: Undeclared }>
}

/**
 * The application's protocols, by client name, filled by declaration merging. It types `wire` and the composables everywhere.
 *
 * @example
 * declare module '@statewire/core' {
 *   interface Register { protocols: { default: typeof protocol } }
 * }
 */
export interface Register {}

/** Names of the registered clients; any string when nothing is registered. */
export type ClientName = Register extends { protocols: infer Protocols } ? keyof Protocols & string : string

/** Types of a registered protocol, by client name. */
export type RegisteredTypes<Name extends string = 'default'> = Register extends { protocols: infer Protocols }
  ? Name extends keyof Protocols
    ? TypesOf<Protocols[Name]>
    : AnyProtocolTypes
  : AnyProtocolTypes

/** The types a protocol value stands for. */
export type TypesOf<P> = P extends Protocol<infer Types> ? Types : AnyProtocolTypes

type FromSchemas<Part> = Part extends Schemas ? { readonly [Type in keyof Part]: InferOutput<Part[Type]> } : {}
type ToSchemas<Part> = Part extends Schemas ? { readonly [Type in keyof Part]: InferInput<Part[Type]> } : {}
type RequestSchemas = Readonly<Record<string, { readonly params: StandardSchema; readonly result: StandardSchema }>>
type FromRequests<Part> = Part extends RequestSchemas
  ? {
      readonly [Type in keyof Part]: {
        readonly params: InferInput<Part[Type]['params']>
        readonly result: InferOutput<Part[Type]['result']>
      }
    }
  : {}

/** Types-only declaration: `defineProtocol<{ receive: { ticker: Ticker }; send: { say: Say } }>()`. */
export interface ProtocolDeclaration {
  receive?: object
  send?: object
  requests?: object
}

type Declared<Declaration extends ProtocolDeclaration> = {
  readonly receive: Declaration extends { receive: infer Part extends object } ? Part : {}
  readonly send: Declaration extends { send: infer Part extends object } ? Part : {}
  readonly requests: Declaration extends { requests: infer Part extends object } ? Part : {}
}

export interface SchemaDeclaration {
  receive?: Schemas
  send?: Schemas
  requests?: RequestSchemas
}

type FromDeclaration<Declaration extends SchemaDeclaration> = {
  readonly receive: FromSchemas<Declaration['receive']>
  readonly send: ToSchemas<Declaration['send']>
  readonly requests: FromRequests<Declaration['requests']>
}

/** Declares message types by their TypeScript types alone; nothing is checked at run time. */
export function defineProtocol<Declaration extends ProtocolDeclaration>(): Protocol<Declared<Declaration>>
/**
 * Declares message types by schemas of any Standard Schema library (zod, valibot, arktype, …).
 * Inbound data is checked (a misfit is dropped and reported as `problem` `SCHEMA`), outbound data too (the send rejects).
 *
 * @see https://standardschema.dev
 */
export function defineProtocol<const Declaration extends SchemaDeclaration>(
  declaration: Declaration,
): Protocol<FromDeclaration<Declaration>>
export function defineProtocol({ receive = {}, send = {}, requests = {} }: SchemaDeclaration = {}): Protocol {
  return Object.freeze({ receive, send, requests })
}
