import { assertGroup, invalidOption } from '../lib/assert.ts'
import { createProtocolCheck, type ProtocolCheck } from './check.ts'
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
  /** Makes the checks of one client. Here, so that a client without a protocol ships none. */
  readonly check: () => ProtocolCheck
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

/** Names of the registered clients, for completion; any other string is a name too, of a client whose messages nobody declared. */
export type ClientName = Register extends { protocols: infer Protocols }
  ? (keyof Protocols & string) | (string & {})
  : string

/** Types of a registered protocol, by client name. */
export type RegisteredTypes<Name extends string = 'default'> = Register extends { protocols: infer Protocols }
  ? Name extends keyof Protocols
    ? TypesOf<Protocols[Name]>
    : AnyProtocolTypes
  : AnyProtocolTypes

/** The types a protocol value stands for. */
export type TypesOf<P> = P extends Protocol<infer Types> ? Types : AnyProtocolTypes

// A group that is left out stays open; one that is given is closed: other types are errors.
type Open = AnyProtocolTypes

type FromSchemas<Part> = Part extends Schemas
  ? { readonly [Type in keyof Part]: InferOutput<Part[Type]> }
  : Open['receive']
type ToSchemas<Part> = Part extends Schemas ? { readonly [Type in keyof Part]: InferInput<Part[Type]> } : Open['send']
type RequestSchemas = Readonly<Record<string, { readonly params: StandardSchema; readonly result: StandardSchema }>>
type FromRequestSchemas<Part> = Part extends RequestSchemas
  ? {
      readonly [Type in keyof Part]: {
        readonly params: InferInput<Part[Type]['params']>
        readonly result: InferOutput<Part[Type]['result']>
      }
    }
  : Open['requests']

/** Types-only declaration: `defineProtocol<{ receive: { ticker: Ticker }; send: { say: Say } }>()`. */
export interface ProtocolDeclaration {
  /** Message type → its data. */
  receive?: object
  /** Message type → its data. */
  send?: object
  /** Request type → `{ params, result }`. */
  requests?: object
}

type FromTypes<Declaration extends ProtocolDeclaration> = {
  readonly receive: Declaration extends { receive: infer Part extends object } ? Part : Open['receive']
  readonly send: Declaration extends { send: infer Part extends object } ? Part : Open['send']
  readonly requests: Declaration extends { requests: infer Part extends object } ? Part : Open['requests']
}

/** Declaration by schemas. What is sent has the schema's input type, what is received its output type. */
export interface SchemaDeclaration {
  readonly receive?: Schemas
  readonly send?: Schemas
  readonly requests?: RequestSchemas
}

type FromDeclaration<Declaration extends SchemaDeclaration> = {
  readonly receive: FromSchemas<Declaration['receive']>
  readonly send: ToSchemas<Declaration['send']>
  readonly requests: FromRequestSchemas<Declaration['requests']>
}

// Type parameters get no excess property check of their own; this finds the `recieve` beside a `send`.
type NoOthers<Declaration> = { readonly [Group in Exclude<keyof Declaration, keyof SchemaDeclaration>]: never }
type NoArgument<Declaration> = [Exclude<keyof Declaration, keyof ProtocolDeclaration>] extends [never]
  ? []
  : [unknownGroup: never]

/** Declares message types by their TypeScript types alone; nothing is checked at run time. A group left out is not checked at all. */
export function defineProtocol<Declaration extends ProtocolDeclaration>(
  ...none: NoArgument<Declaration>
): Protocol<FromTypes<Declaration>>
/**
 * Declares message types by schemas of any Standard Schema library (zod, valibot, arktype, …).
 * Inbound data is checked and becomes the schema's output (a misfit is dropped and reported as `problem` `SCHEMA`).
 * Outbound data is checked and sent as it was given (the send of a misfit rejects).
 *
 * @throws {StatewireError} `INVALID_OPTION` when something in it is no schema, or a group is unknown.
 * @see https://standardschema.dev
 */
export function defineProtocol<const Declaration extends SchemaDeclaration>(
  declaration: Declaration & NoOthers<Declaration>,
): Protocol<FromDeclaration<Declaration>>
export function defineProtocol(declaration: SchemaDeclaration = {}): Protocol {
  assertGroup('protocol', declaration, ['receive', 'send', 'requests'])
  const { receive = {}, send = {}, requests = {} } = declaration
  assertSchemas('receive', receive)
  assertSchemas('send', send)
  assertRecord('requests', requests)
  for (const [type, request] of Object.entries(requests)) {
    assertRecord(`requests.${type}`, request)
    assertSchemas(`requests.${type}`, { params: request.params, result: request.result })
  }
  return Object.freeze(new DeclaredProtocol({ receive, send, requests }))
}

class DeclaredProtocol implements Protocol {
  readonly receive: Protocol['receive']
  readonly send: Protocol['send']
  readonly requests: Protocol['requests']

  constructor({ receive, send, requests }: Required<SchemaDeclaration>) {
    this.receive = receive
    this.send = send
    this.requests = requests
  }

  check(): ProtocolCheck {
    return createProtocolCheck(this)
  }
}

function assertSchemas(path: string, schemas: object): void {
  assertRecord(path, schemas)
  for (const [type, schema] of Object.entries(schemas)) {
    // Some libraries make schemas that are functions.
    const standard: unknown = (schema as Partial<StandardSchema> | null | undefined)?.['~standard']
    if (typeof standard === 'object' && standard !== null) continue
    throw invalidOption(`protocol.${path}.${type}`, 'a Standard Schema (zod 4, valibot 1, arktype 2, …)', schema)
  }
}

function assertRecord(path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidOption(`protocol.${path}`, 'an object', value)
}
