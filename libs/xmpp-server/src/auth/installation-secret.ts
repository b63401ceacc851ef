import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreatePrivate } from '../private-file.js';

/** The secret of a data directory: who can read its file (0600) can be any service. */
export class InstallationSecret {
  readonly #secret: Buffer;

  private constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** A secret that only this process knows: nobody can log in by it from elsewhere. */
  static random(): InstallationSecret {
    return new InstallationSecret(randomBytes(32));
  }

  /** Read from `directory`, made there at the first call; all processes agree. */
  static async of(directory: string): Promise<InstallationSecret> {
    const text = await readOrCreatePrivate(join(directory, 'secret'), () => randomBytes(32).toString('hex'));
    return new InstallationSecret(Buffer.from(text.trim(), 'hex'));
  }

  /** Password of a service account; 43 characters. */
  passwordOf(account: string): string {
    return createHmac('sha256', this.#secret).update(`password ${account}`).digest('base64url');
  }

  /** A key for one purpose, of which the secret cannot be told. */
  keyFor(purpose: string): Buffer {
    return createHmac('sha256', this.#secret).update(`key ${purpose}`).digest();
  }
}
