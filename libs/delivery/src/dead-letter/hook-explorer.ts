import { formatChannel, parseChannel } from '@nestanza/contracts';
import { NestanzaError } from '@nestanza/core';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { DeadLetterHooks, type DeadLetterHook } from './on-dead-letter.decorator.js';

/** The `@OnDeadLetter` methods of an application, by channel. */
export class HookExplorer {
  readonly #discovery: DiscoveryService;
  readonly #scanner = new MetadataScanner();
  readonly #reflector = new Reflector();
  #hooks: ReadonlyMap<string, readonly DeadLetterHook[]> = new Map();

  constructor(discovery: DiscoveryService) {
    this.#discovery = discovery;
  }

  /** The hooks of a channel that `explore` found. */
  hooks(channel: string): readonly DeadLetterHook[] {
    return this.#hooks.get(channel) ?? [];
  }

  /**
   * Finds the hooks; to be called when every provider has been instantiated.
   * @throws NestanzaError `NST_DELIVERY_HOOK_SCOPE` for a hook of a request-scoped class: there is no request
   */
  explore(): void {
    this.#hooks = this.#explore();
  }

  #explore(): ReadonlyMap<string, readonly DeadLetterHook[]> {
    const found = new Map<string, DeadLetterHook[]>();
    for (const wrapper of [...this.#discovery.getProviders(), ...this.#discovery.getControllers()]) {
      const prototype: unknown = wrapper.metatype?.prototype;
      if (typeof prototype !== 'object' || prototype === null) continue;
      for (const name of this.#scanner.getAllMethodNames(prototype)) {
        const method: unknown = Reflect.get(prototype, name);
        if (typeof method !== 'function') continue;
        const declared = this.#reflector.get<{ channel: string } | undefined>(
          DeadLetterHooks.KEY,
          method as () => unknown,
        );
        if (declared === undefined) continue;
        if (!wrapper.isDependencyTreeStatic()) throw requestScoped(wrapper.name, name);
        const channel = formatChannel(parseChannel(declared.channel));
        const hook: DeadLetterHook = (letter, tx) => Reflect.apply(method, wrapper.instance, [letter, tx]) as unknown;
        found.set(channel, [...(found.get(channel) ?? []), hook]);
      }
    }
    return found;
  }
}

function requestScoped(owner: string, method: string): NestanzaError {
  return new NestanzaError(
    'NST_DELIVERY_HOOK_SCOPE',
    `${owner}.${method} is an @OnDeadLetter method of a request-scoped class; make the class a singleton.`,
    { facts: { hook: `${owner}.${method}` } },
  );
}
