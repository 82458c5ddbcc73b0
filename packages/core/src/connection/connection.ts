import { StatewireError } from '../lib/errors.ts'
import type { Signal } from '../env/signals.ts'
import type { CloseInfo, CloseVerdict } from '../protocol/close-codes.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { toFrame } from '../protocol/to-frame.ts'
import { frameSize } from '../transport/frame-size.ts'
import type { Frame, TransportClose } from '../transport/transport.ts'
import { Attempt } from './attempt.ts'
import { Inbound, type Reading } from './inbound.ts'
import { questionOf } from './heartbeat-policy.ts'
import { LinkWatch, type WatchedLink } from './link-watch.ts'
import type { ConnectionPolicy, ResolvedHeartbeat, ResolvedReconnect } from './policy.ts'
import { askProviders } from './providers.ts'
import { withSafeDelay } from './safe-delay.ts'
import { splitFrame } from './split-frame.ts'
import type { ConnectionState, Reason } from './state.ts'
import type { ClientSession } from '../session/port.ts'
import { Traffic, type TrafficStats } from './traffic.ts'
import { initialMachine, transition, type ConnectionEffect, type ConnectionEvent, type Machine } from './transition.ts'

/** What a connection tells its owner. */
export interface ConnectionHost {
  stateChanged(state: ConnectionState): void
  /** A message came that is the application's. */
  received(envelope: Envelope, frame: Frame): void
  /** A text frame came while open, and holds so many characters in memory. Returns whether it is held, to be given to `reread` later. */
  hold(frame: string, size: number): boolean
  /** The link goes: what is held of it is to be reread now. */
  abandoned(code: number | undefined): void
  /** Keeps what outlives a link; undefined where nothing does. */
  readonly session: ConnectionSession | undefined
  /** The connection just became usable: what waits may be sent now, before anybody else hears of it. */
  served(link: { readonly resumed: boolean }): void
  /** Nothing is under way any more: now the application may be told what happened, and may call back. */
  rested(): void
  report(error: StatewireError): void
}

/** What a connection needs of a session, and tells it. */
export type ConnectionSession = Pick<ClientSession, 'accepted' | 'farewell' | 'greet' | 'heartbeat' | 'opened'>

const ANSWER_GAP_MS = 1_000
/** Parts of one frame that cannot be read; behind them the rest of it is given up, as telling of each would stop the page. */
const MOST_BAD_PARTS = 100
const HIGH_WATER_BYTES = 1_048_576
const RETRY: CloseVerdict = { action: 'retry' }
const WAKE: ConnectionEvent = { type: 'wake' }
/** What the page and the network tell, as events of the connection. */
const SIGNALLED: { readonly [Told in Signal]: ConnectionEvent } = {
  freeze: { type: 'suspend', reason: 'frozen' },
  hide: { type: 'suspend', reason: 'hidden' },
  offline: { type: 'offline' },
  online: WAKE,
  visible: WAKE,
  focus: WAKE,
  resume: WAKE,
  show: WAKE,
}

/** Runs the lifecycle: feeds events to `transition`, runs its effects, and decides nothing itself. */
export class Connection implements WatchedLink {
  readonly #policy: ConnectionPolicy
  readonly #host: ConnectionHost
  readonly #inbound: Inbound
  readonly #traffic: Traffic
  readonly #reconnect: ResolvedReconnect | undefined
  #binaryType: 'arraybuffer' | 'blob'
  #machine: Machine
  #attempt: Attempt | undefined
  #watch: LinkWatch | undefined
  /** Ends what is under way in the current status. */
  #endPhase: (() => void) | undefined
  #queue: ConnectionEvent[] = []
  #draining = false
  #stopSignals: (() => void) | undefined
  /** Attempts whose end is waited for, the last one last. */
  #closing: readonly Attempt[] = []
  /** The next link is the first one since the application asked to connect. */
  #fresh = true
  #answeredAt = -Infinity
  #failure: StatewireError | undefined
  #closeCode: number | undefined

  constructor(policy: ConnectionPolicy, host: ConnectionHost) {
    this.#policy = policy
    this.#host = host
    this.#binaryType = policy.binaryType
    this.#machine = initialMachine(policy.env.clock.now())
    const report = (error: StatewireError): void => host.report(error)
    this.#inbound = new Inbound(policy, report)
    this.#traffic = new Traffic(policy.env.clock)
    this.#reconnect = withSafeDelay(policy.reconnect, report)
  }

  get state(): ConnectionState {
    return this.#machine.state
  }

  get bufferedBytes(): number {
    return this.#attempt?.transport?.bufferedBytes ?? 0
  }

  /** Whether the link, if there is one, takes more: what lies in its buffer is lost with it. */
  get hasRoom(): boolean {
    return this.bufferedBytes < HIGH_WATER_BYTES
  }

  /** Undefined unless open. */
  get watch(): Pick<LinkWatch, 'doubt' | 'latencyMs' | 'quality'> | undefined {
    return this.#watch
  }

  get stats(): TrafficStats & { readonly badFrames: number } {
    return { ...this.#traffic.stats, badFrames: this.#inbound.badFrames }
  }

  get binaryType(): 'arraybuffer' | 'blob' {
    return this.#binaryType
  }

  set binaryType(kind) {
    this.#binaryType = kind
    const transport = this.#attempt?.transport
    if (transport) transport.binaryType = kind
  }

  /** True while events are being worked off: what the application hears now, it hears afterwards. */
  get busy(): boolean {
    return this.#draining
  }

  /** Why no link can be opened here at all, if that is so. */
  get failure(): StatewireError | undefined {
    return this.#failure
  }

  /** Closes now; calls back when the link has reported its end, or 2 s later. Called again meanwhile, it waits for the same. */
  disconnect(whenClosed: () => void): void {
    const attempt = this.#attempt ?? this.#closing.at(-1)
    this.dispatch({ type: 'disconnect', reason: 'requested' })
    if (!attempt) return whenClosed()
    this.#closing = [...this.#closing.filter((other) => other !== attempt && other.awaited), attempt]
    attempt.whenClosed(this.#policy.env.clock, whenClosed)
  }

  dispose(): void {
    this.dispatch({ type: 'disconnect', reason: 'disposed' })
    for (const attempt of this.#closing) attempt.noteClosed()
  }

  /** Hands a frame to the open link; false when there is none, or it does not take the frame. */
  send(frame: Frame): boolean {
    if (this.#machine.state.status !== 'open') return false
    return this.#attempt?.transport?.send(frame) ?? false
  }

  /** Hands a frame of the session's or the heartbeat's to the link, open or not yet. */
  sendControl(frame: Frame): boolean {
    return this.#attempt?.transport?.send(frame) ?? false
  }

  /** Takes an event in; what follows from it has happened when this returns, unless it is called from within a step. */
  dispatch(event: ConnectionEvent): void {
    this.#queue.push(event)
    if (this.#draining) return // sent from inside a step: it runs after, never within
    this.#draining = true
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next)
      // An array that has grown keeps room for sixteen more.
      this.#queue = []
    } finally {
      this.#draining = false
    }
    this.#host.rested()
    const { status } = this.#machine.state
    if (status === 'open' || status === 'recovering') this.#deliver(this.#inbound.takeEarly())
  }

  #step(event: ConnectionEvent): void {
    const { env, auth } = this.#policy
    const before = this.#machine.state
    const [machine, effects] = transition(this.#machine, event, {
      at: env.clock.now(),
      roll: env.random(),
      online: env.signals.online,
      auth: auth !== undefined,
      reconnect: this.#reconnect,
    })
    this.#machine = machine
    if (machine.state.status !== before.status) this.#changePhase()
    for (const effect of effects) this.#run(effect)
    if (machine.state !== before) this.#host.stateChanged(machine.state)
  }

  #changePhase(): void {
    this.#endPhase?.()
    this.#endPhase = undefined
    this.#watch?.dispose()
    this.#watch = undefined
    const { status } = this.#machine.state
    const listening = status !== 'idle' && status !== 'failed' && status !== 'closed'
    if (!listening) this.#fresh = true
    if (listening) {
      this.#stopSignals ??= this.#policy.env.signals.on((signal) => this.dispatch(SIGNALLED[signal]))
    } else {
      this.#stopSignals?.()
      this.#stopSignals = undefined
    }
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'prepare':
        return this.#prepare(effect.refused)
      case 'open':
        return this.#open()
      case 'authenticate':
        return this.#authenticate()
      case 'recover':
        return this.#phaseTimer(this.#policy.openTimeoutMs, lostBy('timeout'))
      case 'serve':
        this.#watchLink()
        return this.#host.served({ resumed: false })
      case 'resume':
        this.#watchLink()
        this.#watch?.doubt()
        return this.#host.served({ resumed: true })
      case 'checkLink':
        return this.#watch?.doubt()
      case 'scheduleRetry':
        return this.#phaseTimer(effect.delayMs, { type: 'retryDue' })
      case 'abandon':
        return this.#abandon()
      default:
        effect satisfies never
    }
  }

  #phaseTimer(delayMs: number, event: ConnectionEvent): void {
    this.#endPhase?.()
    this.#endPhase = this.#policy.env.clock.schedule(delayMs, () => this.dispatch(event))
  }

  #prepare(refused: boolean): void {
    const attempt = new Attempt()
    this.#attempt?.end()
    this.#attempt = attempt
    this.#failure = undefined
    // One microtask later, so that of many calls in one task only the last one asks anything.
    queueMicrotask(() => {
      if (!attempt.current) return
      const giveUp = askProviders(this.#policy, {
        refused,
        prepared: ({ url, token }) => {
          attempt.url = url
          attempt.token = token
          this.#inbound.reset(token)
          this.dispatch({ type: 'prepared' })
        },
        failed: (error) => {
          this.#host.report(error)
          // Reporting runs the application's code, which may have given this attempt up.
          const final = refused && StatewireError.is(error, 'TOKEN') && error.details.failure === 'unusable'
          if (attempt.current) this.dispatch({ type: 'providerFailed', final })
        },
      })
      // Asking runs the application's code as well.
      if (attempt.current) this.#endPhase = giveUp
      else giveUp()
    })
  }

  #open(): void {
    const { protocols, open, openTimeoutMs } = this.#policy
    const attempt = this.#attempt
    if (!attempt) return
    this.#phaseTimer(openTimeoutMs, lostBy('timeout'))
    const fresh = this.#fresh
    this.#fresh = false
    try {
      const transport = open({
        url: attempt.url,
        protocols,
        binaryType: this.#binaryType,
        fresh,
        onOpen: () => {
          if (attempt.current) this.dispatch({ type: 'opened', recover: this.#openedWithoutAuth() })
        },
        onFrame: (frame) => {
          if (attempt.current) this.#receive(frame)
        },
        onClose: (close) => {
          attempt.noteClosed()
          if (attempt.current) this.#closed(close)
        },
      })
      attempt.use(transport)
    } catch (cause) {
      this.#openFailed(cause)
    }
  }

  #openFailed(cause: unknown): void {
    // What the transport itself says does not change by trying again.
    if (StatewireError.is(cause)) {
      this.#failure = cause
      this.#host.report(cause)
      this.dispatch({ type: 'lost', reason: 'closed', verdict: { action: 'fatal' } })
      return
    }
    // Without its cause, whose message shows the URL, which may hold a token.
    const problem = `cannot be opened (${cause instanceof Error ? cause.name : typeof cause})`
    this.#host.report(new StatewireError('URL', { failure: 'unusable', problem }))
    this.dispatch(lostBy('closed'))
  }

  #authenticate(): void {
    const { auth, codec } = this.#policy
    const attempt = this.#attempt
    if (!auth || !attempt?.transport) return
    this.#phaseTimer(auth.timeoutMs, lostBy('timeout'))
    try {
      attempt.transport.send(toFrame(codec, auth.frame(attempt.token)))
    } catch (cause) {
      this.#callbackFailed('auth.frame', cause)
      this.dispatch(lostBy('provider'))
      return
    }
    const { session } = this.#host
    if (auth.accepted === false) this.dispatch({ type: 'accepted', recover: session?.opened() ?? false })
    else session?.greet()
  }

  #openedWithoutAuth(): boolean {
    return this.#policy.auth === undefined && (this.#host.session?.opened() ?? false)
  }

  #watchLink(): void {
    const heartbeat = this.#host.session?.heartbeat ?? this.#policy.heartbeat
    this.#inbound.expect(heartbeat)
    this.#watch = new LinkWatch(this, { clock: this.#policy.env.clock, heartbeat })
  }

  ask(heartbeat: ResolvedHeartbeat | undefined): void {
    try {
      this.sendControl(toFrame(this.#policy.codec, questionOf(heartbeat)))
    } catch (cause) {
      this.#callbackFailed('heartbeat frame', cause)
    }
  }

  dead(): void {
    this.dispatch(lostBy('heartbeat'))
  }

  useful(): boolean {
    this.dispatch({ type: 'useful' })
    const { state, failures, refused } = this.#machine
    return state.attempt > 0 || failures > 0 || refused
  }

  #receive(frame: Frame): void {
    const attempt = this.#attempt
    if (this.#machine.state.status === 'suspended') this.dispatch({ type: 'wake' })
    let size = frameSize(frame)
    this.#traffic.add(size)
    this.#watch?.heard()
    const parts = splitFrame(this.#policy, frame)
    if (!parts) return void this.#handle(frame, attempt, size)
    // The parts share the memory of the frame: whatever is held of it, it is held once.
    const worst = this.#inbound.badFrames + MOST_BAD_PARTS
    for (const part of parts) {
      if (!attempt?.current || this.#inbound.badFrames >= worst) return
      if (this.#handle(part, attempt, size)) size = 0
    }
  }

  /** @returns Whether the frame is held. @param size What is held with it */
  #handle(frame: Frame, attempt: Attempt | undefined, size: number): boolean {
    const { status } = this.#machine.state
    const isText = typeof frame === 'string' && frame.length <= this.#policy.maxFrameBytes
    if (status === 'open' && isText && this.#host.hold(frame, size)) return true
    const reading = this.#inbound.read(frame, status === 'authenticating')
    // Reading runs the application's codec, matchers and problem listeners, which may have ended this attempt.
    if (attempt?.current) this.#take(reading, frame)
    return false
  }

  /** Reads a frame that was held; undefined when it is no data, which has been dealt with then. */
  reread(frame: string): Envelope | undefined {
    const attempt = this.#attempt
    const reading = this.#inbound.read(frame, false)
    if (reading.meaning === 'data') return reading.envelope
    if (attempt?.current && this.#machine.state.status === 'open') this.#take(reading, frame)
    return undefined
  }

  #take({ meaning, envelope }: Reading, frame: Frame): void {
    switch (meaning) {
      case 'data':
        return this.#host.received(envelope, frame)
      case 'accepted':
        return this.dispatch({ type: meaning, recover: this.#host.session?.accepted(envelope?.sw) ?? false })
      case 'refused':
        return this.dispatch({ type: meaning })
      case 'beat':
        // A server may beat before it has accepted us; nothing is watched yet, and the answer is still due.
        if (this.#watch?.beat() ?? this.#mayAnswer()) this.#answer(envelope)
        return
      case 'pong':
        return this.#watch?.answered()
      case 'nothing':
        return
      default:
        meaning satisfies never
    }
  }

  #deliver(early: readonly { readonly envelope: Envelope; readonly frame: Frame }[]): void {
    const attempt = this.#attempt
    for (const { envelope, frame } of early) {
      if (attempt?.current) this.#host.received(envelope, frame)
    }
  }

  /** Before the link is watched: once a second, as afterwards. */
  #mayAnswer(): boolean {
    const now = this.#policy.env.clock.monotonic()
    if (now - this.#answeredAt < ANSWER_GAP_MS) return false
    this.#answeredAt = now
    return true
  }

  #answer({ type, data }: Envelope): void {
    try {
      this.sendControl(this.#policy.codec.encode({ type, data }))
    } catch (cause) {
      this.#host.report(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
  }

  #closed({ code, reason }: TransportClose): void {
    const { state } = this.#machine
    const wasOpen = state.status === 'open' || (state.status === 'suspended' && state.kept)
    const verdict = this.#host.session?.farewell ?? this.#verdict({ code, reason, wasOpen })
    this.#closeCode = code
    if (this.#attempt?.current) this.dispatch({ type: 'lost', reason: 'closed', verdict, code })
  }

  /** The application's own verdict on a close may throw or be nonsense; then the link is replaced as usual. */
  #verdict(close: CloseInfo): CloseVerdict {
    try {
      return this.#policy.classifyClose(close)
    } catch (cause) {
      this.#callbackFailed('classifyClose', cause)
      return RETRY
    }
  }

  #callbackFailed(where: string, cause: unknown): void {
    this.#host.report(new StatewireError('CALLBACK', { where }, { cause }))
  }

  #abandon(): void {
    const code = this.#closeCode
    this.#closeCode = undefined
    this.#host.abandoned(code)
    this.#inbound.reset()
    this.#attempt?.end()
    this.#attempt = undefined
  }
}

function lostBy(reason: Reason): ConnectionEvent {
  return { type: 'lost', reason, verdict: RETRY }
}
