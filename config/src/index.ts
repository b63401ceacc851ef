export { alertConfig, AlertSettings } from './alerts.config.js';
export { busConfig, BusSettings } from './bus.config.js';
export { databaseConfig, DatabaseSettings } from './database.config.js';
export { httpConfig, HttpSettings } from './http.config.js';
export { queueConfig, QueueSettings } from './queues.config.js';
