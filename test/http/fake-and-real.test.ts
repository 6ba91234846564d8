// One set of scenarios on the real platform and on the fake one that partners test against: both must answer alike, to the field.
import { OPERATIONS } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerScenarios } from './conformance/caller-scenarios.ts';
import { openFakeStage } from './conformance/fake-stage.ts';
import { inEnglish } from './conformance/in-english.ts';
import { offerScenarios } from './conformance/offer-scenarios.ts';
import { queueScenarios } from './conformance/queue-scenarios.ts';
import { openRealPlatform, type RealPlatform } from './conformance/real-stage.ts';
import { redemptionScenarios } from './conformance/redemption-scenarios.ts';
import { requestScenarios } from './conformance/request-scenarios.ts';
import type { Scenario } from './conformance/scenario.ts';
import type { Stage } from './conformance/stage.ts';
import { outcomesOf, type Transcript, transcriptOf } from './conformance/transcript.ts';
import { webhookScenarios } from './conformance/webhook-scenarios.ts';

let real: RealPlatform;
/** Of its own for what is asked a second time: names, keys and places in queues are taken on the first. */
let again: RealPlatform;
beforeAll(async () => {
  real = await openRealPlatform();
  again = await openRealPlatform();
}, 240_000);
afterAll(async () => {
  await real?.close();
  await again?.close();
});

async function played({ play }: Scenario, stage: Stage): Promise<Transcript> {
  const transcript = transcriptOf(stage);
  try {
    await play(stage, transcript);
  } finally {
    await stage.close();
  }
  return transcript;
}

const inVietnamese = [
  ...[...callerScenarios, ...requestScenarios, ...offerScenarios, ...redemptionScenarios],
  ...[...queueScenarios, ...webhookScenarios],
];
/** Those that are made of refusals: their sentences are compared in both languages. */
const inBoth = [
  ...inVietnamese.map((scenario) => ({ title: scenario.title, scenario, platform: () => real })),
  ...inVietnamese
    .filter(({ isAboutRefusals }) => isAboutRefusals)
    .map(inEnglish)
    .map((scenario) => ({ title: scenario.title, scenario, platform: () => again })),
];

const seen = new Set<string>();

describe('the fake platform answers as the real one', () => {
  test.each(inBoth)(
    '$title',
    async ({ scenario, platform }) => {
      const [expected, given] = [await played(scenario, await platform().stage()), await played(scenario, openFakeStage())];
      for (const { id } of expected.lines) seen.add(id);
      expect(outcomesOf(given)).toEqual(outcomesOf(expected));
      expect(given.lines).toEqual(expected.lines);
    },
    180_000,
  );

  test('in every operation that a member’s or a partner’s program can call', () => {
    const callable = OPERATIONS.filter(({ actor }) => actor !== 'admin').map(({ id }) => id);
    expect(callable.filter((id) => !seen.has(id))).toEqual([]);
  });
});
