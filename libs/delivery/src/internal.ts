export { DELIVERY_DATA_SOURCE, KERNEL } from './tokens.js';
