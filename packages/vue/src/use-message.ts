import type { Envelope, Undeclared } from '@statewire/core'
import type { ClientOption, ClientSource, DataOf, MessageType } from './types.ts'
import { clientOf, whileInScope } from './use-client.ts'

/**
 * Calls a function for each message of a type, as long as the component lives. For what changes the screen prefer `useLatest` and
 * `useSeries`: they update once per frame, however many messages come.
 *
 * @param type A message type; `'*'`: each message whose type nobody listens to.
 * @throws {StatewireError} As `useClient`.
 *
 * @example
 * useMessage('alarm', (alarm) => play(alarm.sound))
 */
export function useMessage(
  type: '*',
  listener: (data: unknown, message: Envelope) => unknown,
  options?: ClientOption<ClientSource>,
): void
export function useMessage<const Type extends MessageType<Source>, const Source extends ClientSource = 'default'>(
  type: Type,
  listener: (data: DataOf<Source, Type>, message: Envelope) => unknown,
  options?: ClientOption<Source>,
): void
export function useMessage(
  type: string,
  listener: (data: Undeclared, message: Envelope) => unknown,
  options: ClientOption<ClientSource> = {},
): void {
  const what = `useMessage("${type}")`
  const client = clientOf(options.client, what)
  whileInScope(what, () => client.onMessage(type, listener))
}
