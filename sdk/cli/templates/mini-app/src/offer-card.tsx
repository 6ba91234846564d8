import type { MemberOffer, Redemption } from '@chung/contracts';
import { useLanguage } from '@chung/mini-app/react';
import { useEffect, useRef } from 'react';
import { benefitWords } from './benefit-words.ts';
import { useFormat } from './format.ts';
import { useClaim } from './use-claim.ts';
import { useWords } from './words.ts';

interface OfferCardProps {
  readonly offer: MemberOffer;
  readonly onClaimed: () => void;
}

/** One offer: what it gives, why it is for this member, its terms, and what they can do with it now. */
export function OfferCard({ offer, onClaimed }: OfferCardProps) {
  const language = useLanguage();
  const [words, format] = [useWords(), useFormat()];
  const { headline, detail } = benefitWords(offer.benefit, language);
  const titleId = `offer-${offer.id}`;
  return (
    <article className="card" aria-labelledby={titleId}>
      <div className="card-body">
        <p className="card-top">
          <span className="category">{words.categories[offer.category]}</span>
          <span>{words.until(format.lastDay(offer.window.endsAt))}</span>
        </p>
        <p className="benefit">
          <strong>{headline}</strong>
          {detail && <span>{detail}</span>}
        </p>
        <h2 id={titleId}>{offer.title[language]}</h2>
        <p className="summary">{offer.summary[language]}</p>
        <ul className="why">
          {offer.whyForMe.map(({ fact, text }) => (
            <li key={fact}>{text[language]}</li>
          ))}
        </ul>
        <details>
          <summary>{words.terms}</summary>
          <p>{offer.terms[language]}</p>
          <p>{words.regularPrice(format.money(offer.regularPriceMinor))}</p>
        </details>
      </div>
      <div className="card-foot">
        <ClaimArea offer={offer} onClaimed={onClaimed} titleId={titleId} />
      </div>
    </article>
  );
}

function ClaimArea({ offer, onClaimed, titleId }: OfferCardProps & { readonly titleId: string }) {
  const words = useWords();
  const { claim, run } = useClaim(offer, onClaimed);
  // The list is loaded anew after a claim; until then it does not count it.
  const used = claim.state === 'done' ? Math.max(claim.count, offer.usedByMember) : offer.usedByMember;
  const claimed = claim.state === 'done' ? claim.redemption : null;
  if (used >= offer.limits.perMember) return <Claimed redemption={claimed} />;
  if (offer.allocation.mode === 'lottery') return <p className="quiet">{words.lottery}</p>;
  if (offer.soldOut) return <p className="quiet">{words.soldOut}</p>;
  const isWorking = claim.state === 'working';
  const [look, label] = used > 0 ? ['secondary', words.claimAgain] : ['primary', words.claim];
  return (
    <>
      {claimed && <Claimed redemption={claimed} />}
      {/* Not `disabled`, which would take the focus away from whoever pressed it. */}
      <button type="button" className={look} aria-disabled={isWorking} aria-describedby={titleId} onClick={() => void run()}>
        {isWorking ? words.claiming : label}
      </button>
      <p className="refusal" role="alert">
        {claim.state === 'refused' && words.refusals[claim.why]}
      </p>
    </>
  );
}

/** `redemption` is what was claimed just now; of an earlier one the wallet knows more. */
function Claimed({ redemption }: { readonly redemption: Redemption | null }) {
  const [words, format] = [useWords(), useFormat()];
  const panel = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone: the focus goes to what came of it, and screen readers read it.
  useEffect(() => {
    if (redemption) panel.current?.focus();
  }, [redemption]);
  const heldUntil = redemption?.state === 'RESERVED' ? redemption.expiresAt : null;
  return (
    <div className="claimed" ref={panel} tabIndex={-1}>
      <strong>{heldUntil ? words.held : words.claimed}</strong>
      <span>{heldUntil ? words.heldMore(format.moment(heldUntil)) : words.claimedMore}</span>
      {redemption?.code && (
        <>
          <span className="code-label">{words.code}</span>
          <code>{redemption.code}</code>
        </>
      )}
    </div>
  );
}
