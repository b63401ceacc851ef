import { silentLog } from '@nestanza/core';
import { temporaryDatabase } from '@nestanza/postgres/internal';
import { memoryStore } from '../src/store/memory/memory.store.js';
import { postgresStore } from '../src/store/postgres/postgres.store.js';
import { storeContract } from './store.contract.js';

storeContract('memory', async () => {
  const store = memoryStore();
  return { store, close: () => store.close() };
});

storeContract('PostgreSQL', async () => {
  const database = await temporaryDatabase();
  const store = await postgresStore({ url: database.url, log: silentLog });
  return { store, close: () => store.close().then(() => database.close()) };
});
