import { dispatcherContract } from '../test/dispatcher.contract.js';

const queue = () => 'postgres';

dispatcherContract('lanes on PostgreSQL', { dispatch: 'lanes', queue, orderPerKey: true, priority: false });
dispatcherContract('bullmq on PostgreSQL', { dispatch: 'bullmq', queue, orderPerKey: false, priority: true });
