import type { Stage } from './stage.ts';
import type { Transcript } from './transcript.ts';

/** What is played on both platforms; every call that it writes down is compared. */
export interface Scenario {
  readonly title: string;
  /** Most of it is refused: it is played in both languages, for its sentences. */
  readonly isAboutRefusals?: true;
  play(stage: Stage, transcript: Transcript): Promise<void>;
}
