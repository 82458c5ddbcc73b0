import type { RegisteredTypes, Undeclared } from '@statewire/core'

/** Message types that a client receives, by its name. */
export type MessageType<Name extends string> = Extract<keyof RegisteredTypes<Name>['receive'], string>

/** Data of a message type of a client. */
export type DataOf<Name extends string, Type extends MessageType<Name>> = RegisteredTypes<Name>['receive'][Type]

/** What an array holds; anything of data that nobody declared. */
export type ElementOf<Data> = 0 extends 1 & Data
  ? Undeclared
  : Data extends readonly (infer Element)[]
    ? Element
    : never

export interface ClientOption<Name extends string> {
  /**
   * The client's name.
   *
   * @default the client called `default`, or the only one
   */
  client?: Name
}
