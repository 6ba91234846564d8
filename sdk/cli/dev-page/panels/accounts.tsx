import type { DevState } from '../../src/dev/state.ts';
import { useWords } from '../words.ts';

/** The platform's own apps, and whom to sign in as; the passwords are development defaults. */
export function Accounts({ state }: { readonly state: DevState }) {
  const { word } = useWords();
  const member = state.members.find(({ username }) => username === state.member);
  const places = [
    { title: word('memberApp'), url: state.urls.platform, username: state.member, password: member?.password ?? '' },
    { title: word('portal'), url: state.urls.portal, ...state.partner },
    { title: word('admin'), url: state.urls.admin, ...state.admin },
  ];
  return (
    <>
      {places.map(({ title, url, username, password }) => (
        <article className="line" key={url}>
          <a href={url} target="_blank" rel="noreferrer">
            {title}
          </a>
          <p className="soft">
            {word('signInAs')} <code>{username}</code> <code>{password}</code>
          </p>
        </article>
      ))}
      {state.app.screen === 'yes' && <Offers state={state} />}
    </>
  );
}

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
