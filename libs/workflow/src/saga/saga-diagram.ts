import type { SagaDefinition, SagaHandler } from './saga-definition.js';

/** A change of state, and what caused it. */
export interface SagaEdge {
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
}

const causeOf = (handler: SagaHandler): string => handler.contract?.type ?? `timeout ${handler.cause}`;

/** The changes that the decorators declare: those whose states before and after are both named. */
export function declaredEdges(saga: SagaDefinition): SagaEdge[] {
  return saga.handlers.flatMap((handler) =>
    handler.to.flatMap((to): SagaEdge[] => {
      if (handler.kind === 'start') return [{ from: null, to, cause: causeOf(handler) }];
      return handler.states.map((from) => ({ from, to, cause: causeOf(handler) }));
    }),
  );
}

const identifier = (state: string): string => state.replaceAll(/[^\p{L}\p{N}_]/gu, '_');
const label = (text: string): string => text.replaceAll(/[\n;:#]/g, ' ');

/** A Mermaid state diagram of these changes, each once, in a stable order. */
export function sagaDiagram(edges: readonly SagaEdge[]): string {
  const states = [...new Set(edges.flatMap(({ from, to }) => (from === null ? [to] : [from, to])))].sort();
  const names = states
    .filter((state) => identifier(state) !== state)
    .map((state) => `  state "${label(state)}" as ${identifier(state)}`);
  const lines = edges.map(
    ({ from, to, cause }) => `  ${from === null ? '[*]' : identifier(from)} --> ${identifier(to)}: ${label(cause)}`,
  );
  return ['stateDiagram-v2', ...names, ...[...new Set(lines)].sort(), ''].join('\n');
}
