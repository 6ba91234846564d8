import type { Partner } from '@chung/contracts';
import { IconAlert, IconClock, Page, State, useFormat, useTexts } from '@chung/ui';
import { Facts, Panel } from '@chung/ui/desk';
import type { PartnerTexts } from '../texts/vi.ts';
import { PublicFrame } from './public-frame.tsx';

/** What an applicant sees instead of the portal. */
export function StatusPage({ partner, status }: { partner: Partner; status: 'applied' | 'refused' }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  return (
    <PublicFrame>
      <Page title={partner.name} width="narrow">
        <State
          icon={status === 'applied' ? <IconClock size={28} /> : <IconAlert size={28} />}
          title={t(`status.${status}.title`)}
          detail={t(`status.${status}.text`)}
        />
        <Panel title={t('status.details')}>
          <Facts
            facts={[
              { key: 'legal', label: t('register.legalName'), value: partner.legalName },
              { key: 'tax', label: t('register.taxId'), value: partner.taxId },
              { key: 'email', label: t('register.contactEmail'), value: partner.contactEmail },
              { key: 'slug', label: t('register.slug'), value: partner.slug },
              { key: 'at', label: t('status.submitted'), value: format.dateTime(partner.createdAt) },
            ]}
          />
        </Panel>
      </Page>
    </PublicFrame>
  );
}
