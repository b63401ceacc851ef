import { faultPoints } from '@nestanza/core';
import '@nestanza/delivery';
import '@nestanza/workflow';

/** Points that no order of the demo comes to, and the spec that crashes there instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {};

/** Every fault point of the libraries that the demo's orders come to. */
export function pointsOnTheWay(): string[] {
  return faultPoints().filter((point) => !(point in ELSEWHERE));
}
