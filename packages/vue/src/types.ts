import type { AnyClient, Client, RegisteredTypes, Undeclared } from '@statewire/core'

/** A client, or the name of one that the plugin was given. */
export type ClientSource = string | AnyClient

/** What a client speaks; by its name, what is registered for it. */
export type TypesFrom<Source extends ClientSource> = Source extends string
  ? RegisteredTypes<Source>
  : Source extends Client<infer Types>
    ? Types
    : never

/** Message types that a client receives. */
export type MessageType<Source extends ClientSource> = Extract<keyof TypesFrom<Source>['receive'], string>

/** Data of a message type of a client. */
export type DataOf<Source extends ClientSource, Type extends MessageType<Source>> = TypesFrom<Source>['receive'][Type]

/** What an array holds; anything of data that nobody declared. */
export type ElementOf<Data> = 0 extends 1 & Data
  ? Undeclared
  : Data extends readonly (infer Element)[]
    ? Element
    : never

export interface ClientOption<Source extends ClientSource> {
  /**
   * The client's name, or the client itself.
   *
   * @default the client called `default`, or the only one
   */
  client?: Source
}
