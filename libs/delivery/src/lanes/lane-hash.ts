/** Lanes of every group. Fixed: the lane of a stored row was computed with it. */
export const LANES = 32;

/** The lane of a key: FNV-1a over UTF-16 code units, its high half folded in because the low bits alone mix poorly. */
export function laneOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash ^= key.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % LANES;
}
