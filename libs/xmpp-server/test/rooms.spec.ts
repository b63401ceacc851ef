import { RoomEngine } from '../src/engines/muc/engine.js';
import { memoryStore } from '../src/store/memory/memory.store.js';
import { componentWorld } from './component-scene.js';
import { embeddedRooms, meet, ROOMS } from './room-client.js';
import { roomEntryDialogues } from './room-entry.dialogues.js';
import { roomLifeDialogues } from './room-life.dialogues.js';

async function componentRooms() {
  return meet(await componentWorld(ROOMS, (host) => new RoomEngine({ host, store: memoryStore().rooms(ROOMS) })));
}

for (const [carrier, scene] of [
  ['embedded', embeddedRooms],
  ['as a component', componentRooms],
] as const) {
  roomEntryDialogues(carrier, scene);
  roomLifeDialogues(carrier, scene);
}
