import { faultPoints } from '@nestanza/core';
import '@nestanza/delivery';
import '@nestanza/workflow';

/** Points that no order of the demo comes to, and what would. */
export const BESIDE_THE_WAY: Readonly<Record<string, string>> = {
  'dead-letter.replayed': 'an operator who replays a dead letter',
  'inbox.put-off': 'a handler that fails three times',
  'inbox.suspect-counted': 'a message at whose handling two processes died',
  'workflow.child.begun': 'a child workflow',
  'workflow.parked': 'a long sleep',
  'workflow.parking': 'a long sleep',
  'workflow.saga.handled': 'a message saga',
  'workflow.schedule.fired': 'a workflow started by the clock',
  'workflow.started': 'a workflow started outside of a transaction',
};

/** Every other fault point of the libraries, sorted: an order of the demo must come to each. */
export function pointsOnTheWay(): string[] {
  return faultPoints().filter((point) => !(point in BESIDE_THE_WAY));
}
