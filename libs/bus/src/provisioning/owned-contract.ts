import type { EventContract, RpcContract } from '@nestanza/contracts';

/** Who may do something with a node: anybody the service lets in, or only those named by the owner. */
export type NodeModel = 'open' | 'affiliated';

/** An owned event, and who may use its node. */
export interface OwnedNode {
  readonly contract: EventContract;
  /** Who may publish. Default `'affiliated'`: owner and publishers. */
  readonly publish?: NodeModel;
  /** Who may subscribe and read. Default `'open'`. */
  readonly access?: NodeModel;
}

/** What a module owns: its channels are provisioned, its methods advertised. */
export type OwnedContract = EventContract | RpcContract | OwnedNode;

/** Contracts of one `BusModule.forFeature`, found in the running application. */
export class OwnedContracts {
  readonly contracts: readonly OwnedContract[];
  readonly bus: string;

  constructor(contracts: readonly OwnedContract[], bus: string) {
    this.contracts = contracts;
    this.bus = bus;
  }

  /** The events among them, with their access. */
  get nodes(): readonly Required<OwnedNode>[] {
    return this.contracts.flatMap((owned) => {
      const node: OwnedNode | undefined =
        'contract' in owned ? owned : owned.kind === 'event' ? { contract: owned } : undefined;
      return node === undefined ? [] : { publish: 'affiliated' as const, access: 'open' as const, ...node };
    });
  }
}
