/** Accounts that people create; services need none (their passwords are derived). */
export interface UserCommands {
  /** @throws NestanzaError `NST_SERVER_USER_EXISTS` · `NST_SERVER_USER_NAME` when it is no valid local part */
  create(name: string, password: string): Promise<void>;
  /** Removes the account with its roster, stored messages and subscriptions; its sessions end. @throws NestanzaError `NST_SERVER_USER_UNKNOWN` */
  delete(name: string): Promise<void>;
  /** Local parts, sorted. */
  list(): Promise<readonly string[]>;
}
