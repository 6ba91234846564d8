import type { DevState } from '../../src/dev/state.ts';
import { useWords } from '../words.ts';

/** The offers of the manifest, as they stand on the platform. */
export function Offers({ state }: { readonly state: DevState }) {
  const { word, text } = useWords();
  return (
    <>
      <h2>{word('offers')}</h2>
      {state.offers.length === 0 && <p className="empty">{word('noOffers')}</p>}
      {state.offers.map((offer) => (
        <article className="line" key={offer.ref}>
          <header>
            <div>
              <strong>{text(offer.title)}</strong>
              <span className="soft">
                {offer.ref} · {word(offer.state === 'published' ? 'published' : 'notPublished')}
              </span>
            </div>
            {offer.state === 'published' && (
              <a href={`${state.urls.platform}/offers/${offer.offerId}`} target="_blank" rel="noreferrer">
                {word('openInApp')}
              </a>
            )}
          </header>
          {offer.problems.map((problem) => (
            <p className="wrong" key={problem.en}>
              {text(problem)}
            </p>
          ))}
        </article>
      ))}
    </>
  );
}
