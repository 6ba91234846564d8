import type { MemberOffer } from '@chung/contracts';
import { useOperation, useScope } from '@chung/mini-app/react';
import { useState } from 'react';
import { Empty, Failed, Stale } from './notice.tsx';
import { OfferCard } from './offer-card.tsx';
import { useSurroundings } from './use-surroundings.ts';
import { useWords } from './words.ts';

const FIRST = 20;
/** The most that the platform answers at once. */
const MOST = 100;

/** The screen: the partner's offers that are for this member. */
export function Home() {
  useSurroundings();
  const words = useWords();
  const [limit, setLimit] = useState(FIRST);
  const offers = useOperation((app, signal) => app.offers.list({ limit }, { signal }), [limit]);
  const { status, value, error, reload } = offers;
  return (
    <main aria-busy={status === 'loading'}>
      {/* The name of the app stands above, in the bar of the host. */}
      <h1>{words.title}</h1>
      {!value && status === 'loading' && <Skeleton />}
      {!value && status === 'failed' && <Failed error={error} onRetry={reload} />}
      {value && status === 'failed' && <Stale onRetry={reload} />}
      {value?.items.length === 0 && <Empty onLook={reload} />}
      {value && value.items.length > 0 && <Offers items={value.items} onClaimed={reload} />}
      {value?.nextCursor && limit < MOST && (
        <button type="button" className="secondary more" onClick={() => setLimit(MOST)}>
          {words.more}
        </button>
      )}
    </main>
  );
}

function Offers({ items, onClaimed }: { readonly items: readonly MemberOffer[]; readonly onClaimed: () => void }) {
  const words = useWords();
  const claiming = useScope('redemptions:claim');
  return (
    <>
      {!claiming.granted && <p className="hint">{words.asks}</p>}
      <ul className="offers">
        {items.map((offer) => (
          <li key={offer.id}>
            <OfferCard offer={offer} onClaimed={onClaimed} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** In the shape of what is coming, so that nothing jumps when it is there. */
function Skeleton() {
  const words = useWords();
  return (
    <div className="offers" role="status">
      <span className="visually-hidden">{words.loading}</span>
      {['first', 'second', 'third'].map((name) => (
        <div key={name} className="card skeleton" aria-hidden="true">
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
