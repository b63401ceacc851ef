import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ServerUser } from './server-user.js';

const SEARCH = 0o1;

/** Whether `user` may enter `directory` and every directory above it, by their permission bits. */
export async function isReachable(directory: string, user: ServerUser): Promise<boolean> {
  const { uid, gid, mode } = await stat(directory);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  if (Math.floor(mode / 2 ** shift) % 2 !== SEARCH) return false;
  const parent = dirname(directory);
  return parent === directory || isReachable(parent, user);
}
