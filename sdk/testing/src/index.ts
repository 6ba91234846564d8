export { type MovableClock, movableClock } from './clock.ts';
export {
  type Delivery,
  deliveriesOf,
  requestOf,
  sampleEvent,
  signedDelivery,
  type WebhookSigner,
  webhookSigner,
} from './deliveries.ts';
export { createFakeHost, type FakeHost, type FakeHostSettings } from './fake-host.ts';
export { connectFakePartner } from './fake-partner.ts';
export { type CallRecord, createFakePlatform, type FakePlatform, type FakePlatformSettings } from './fake-platform.ts';
export { type Faults, type Switchboard, switchboard } from './faults.ts';
export { FAKE_PARTNER, type FakeMember, type OfferLike } from './fixtures.ts';
export { type CheckReport, type GradeReport, gradeIntegration } from './grade.ts';
export type { GradeSettings } from './grade-bench.ts';
export { FAKE_ISSUER } from './receipts.ts';
