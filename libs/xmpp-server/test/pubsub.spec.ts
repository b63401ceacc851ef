import { componentScene } from './component-scene.js';
import { pubSubAccessDialogues } from './pubsub-access.dialogues.js';
import { embeddedScene } from './pubsub-client.js';
import { pubSubDialogues } from './pubsub.dialogues.js';

for (const [carrier, scene] of [
  ['embedded', embeddedScene],
  ['as a component', componentScene],
] as const) {
  pubSubDialogues(carrier, scene);
  pubSubAccessDialogues(carrier, scene);
}
