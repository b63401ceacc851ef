export interface ServerStore {
  close(): Promise<void>;
}
