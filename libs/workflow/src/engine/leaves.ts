/** At most so many leaves of a body are looked up: filters on later ones do not match. */
const LEAF_LIMIT = 500;

const DEPTH_LIMIT = 16;

/**
 * The scalar members of a JSON object, each as `path=value`: `lines.first.sku="TEA-01"`. What stands in arrays has no
 * path. In the order of the object, at most `LEAF_LIMIT`.
 */
export function leavesOf(value: unknown): string[] {
  const leaves: string[] = [];
  const visit = (node: unknown, path: readonly string[]): void => {
    if (leaves.length >= LEAF_LIMIT || path.length > DEPTH_LIMIT) return;
    if (typeof node !== 'object' || node === null) {
      if (node !== undefined && path.length > 0) leaves.push(`${path.join('.')}=${JSON.stringify(node)}`);
    } else if (!Array.isArray(node)) {
      for (const [name, member] of Object.entries(node)) visit(member, [...path, name]);
    }
  };
  visit(value, []);
  return leaves;
}

/** By which of its leaves a filter is found; empty for a filter without any. The longest one tells most apart. */
export function probeOf(filter: object): string {
  return leavesOf(filter).reduce((best, leaf) => (leaf.length > best.length ? leaf : best), '');
}
