import type { DevState } from '../../src/dev/state.ts';
import { useWords } from '../words.ts';
import { Offers } from './offers.tsx';

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
