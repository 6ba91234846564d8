import type { Scenario } from './scenario.ts';

/** The same once more, asked in English: what is refused is told in other words, which both platforms must have alike. */
export const inEnglish = ({ title, play }: Scenario): Scenario => ({
  title: `in English: ${title}`,
  play: (stage, { lines, call }) =>
    play(stage, {
      lines,
      call: (who, id, sent) => call(who, id, { ...sent, headers: { 'accept-language': 'en', ...sent?.headers } }),
    }),
});
