import { useEffect, useState } from 'react';
import { ask } from '../ask.ts';
import { useAsking } from '../use-asking.ts';
import { useWords } from '../words.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const STEPS = [
  ['hour', HOUR_S],
  ['day', DAY_S],
  ['month', 30 * DAY_S],
] as const;

/** The platform's clock, and how it is moved. */
export function Clock({ seconds }: { readonly seconds: number }) {
  const { word, language } = useWords();
  const { isAsking, problem, run } = useAsking();
  const now = useNow();
  const shown = new Intl.DateTimeFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    dateStyle: 'full',
    timeStyle: 'medium',
    timeZone: 'Asia/Ho_Chi_Minh',
  });
  return (
    <>
      <p className="soft">{word('clockHint')}</p>
      <p className="clock">
        <span>{word('platformTime')}</span>
        <time>{shown.format(new Date(now + seconds * 1000))}</time>
      </p>
      <div className="row">
        {STEPS.map(([name, step]) => (
          <button key={name} type="button" disabled={isAsking} onClick={() => run(() => ask('clock', { seconds: seconds + step }))}>
            {word(name)}
          </button>
        ))}
        <button type="button" disabled={isAsking || seconds === 0} onClick={() => run(() => ask('clock', { seconds: 0 }))}>
          {word('realTime')}
        </button>
      </div>
      {problem !== null && (
        <p role="alert" className="wrong">
          {problem}
        </p>
      )}
    </>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
