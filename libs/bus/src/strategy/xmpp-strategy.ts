import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Bus, BusStatus } from '../bus.js';
import { XmppBus } from '../xmpp-bus.js';
import { XMPP } from './transport-id.js';

/** Events of the strategy: `status` with where the bus stands. */
type StrategyEvents = { status: (status: BusStatus) => void };

/**
 * Carries the `@MessagePattern` and `@EventPattern` methods of an application over the bus that it has imported, as its
 * own decorators are: calls by both encodings, events at least once with their group, retries and dead letters, guards
 * and filters with the bus's rules about outcomes.
 * @example
 * @Module({ imports: [BusModule.forRoot({ service: 'inventory' })] })
 * class AppModule {}
 * const app = await NestFactory.create(AppModule);
 * app.connectMicroservice({ strategy: new XmppStrategy(app.get(Bus)) });
 * await app.startAllMicroservices();
 */
export class XmppStrategy extends Server<StrategyEvents, BusStatus> implements CustomTransportStrategy {
  override readonly transportId = XMPP;
  readonly #bus: XmppBus;

  /**
   * @param bus - of an application that has not been initialised yet
   * @throws StartupError `NST_BUS_STARTUP` where it has: its handlers were looked for before
   */
  constructor(bus: Bus) {
    super();
    if (!(bus instanceof XmppBus)) throw new TypeError('XmppStrategy needs the Bus of the application: app.get(Bus).');
    this.#bus = bus;
    bus.servePatterns();
  }

  /** The bus finds and runs the methods itself, so that a failure is seen before a filter has changed it. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false): void {
    this.messageHandlers.set(JSON.stringify(pattern), Object.assign(callback, { isEventHandler }));
  }

  /** The bus consumes from the end of the application's bootstrap on. */
  listen(callback: (error?: unknown) => void): void {
    callback();
  }

  /** The bus ends with its application. */
  close(): void {}

  on<Event extends keyof StrategyEvents>(event: Event, callback: StrategyEvents[Event]): void {
    if (event === 'status') this.#bus.onStatus(callback);
  }

  /** The bus. */
  unwrap<T>(): T {
    return this.#bus as T;
  }
}
