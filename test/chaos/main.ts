/*
 * Crashes and what they left behind. With arguments (`--kills 200 --messages 100000 --seed 7`) the kernel of delivery
 * alone; without, a short form of it, after a crash at every fault point on the way of the demo's orders.
 */
if (process.argv.length <= 2) await import('./demo.js');
await import('./kernel/main.js');

export {};
