import type { Stage } from './stage.ts';
import type { Transcript } from './transcript.ts';

/** What is played on both platforms; every call that it writes down is compared. */
export interface Scenario {
  readonly title: string;
  play(stage: Stage, transcript: Transcript): Promise<void>;
}
